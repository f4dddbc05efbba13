import { Kind } from '../../../store/tree.ts';
import type { Declared, Detector } from '../detector.ts';
import { entries, field, text } from '../fields.ts';
import { jsonc, yaml } from '../formats.ts';
import { asArgument, type Project } from '../project.ts';

const FOLDER = '.devcontainer';
const FILE = 'devcontainer.json';

/** Dev containers: https://containers.dev/implementors/spec, in one of three places. */
export const devContainer: Detector = {
  kind: 'dev-container',
  names: [FOLDER, `.${FILE}`],
  read(project) {
    const folders = project.list(FOLDER).filter(({ kind }) => kind === Kind.folder);
    const places = [`.${FILE}`, `${FOLDER}/${FILE}`, ...folders.slice(0, 50).map(({ name }) => `${FOLDER}/${name}/${FILE}`)];
    const names = places.filter((name) => project.stat(name) !== undefined);
    const declared = names.flatMap((name): Declared[] => {
      const value = project.parsed(name, jsonc);
      const image = text(field(value, 'image'));
      const features = entries(field(value, 'features')).map(([feature, options]) => ({
        name: feature,
        asked: text(options) ?? text(field(options, 'version')) ?? '*',
      }));
      return [...(image === undefined ? [] : [imageNamed(image)]), ...features];
    });
    project.text(`${FOLDER}/devcontainer-lock.json`);
    const [first] = names;
    return {
      runtime: null,
      declared,
      recreate: first === undefined ? [] : [['devcontainer', 'up', '--workspace-folder', '.', '--config', asArgument(first)]],
    };
  },
};

const COMPOSE = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const DOCKERFILE = /^(?:(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?|[\w.-]+\.[Dd]ockerfile)$/;
const MAX_FILES = 50;
const LONGEST_LINE = 2000;

/** Dockerfiles (https://docs.docker.com/reference/dockerfile) and Compose files (https://docs.docker.com/reference/compose-file). */
export const docker: Detector = {
  kind: 'docker',
  names: COMPOSE,
  pattern: DOCKERFILE,
  read(project) {
    const compose = COMPOSE.find((name) => project.isFile(name));
    const files = project.found.filter((name) => DOCKERFILE.test(name) && !name.endsWith('.dockerignore')).slice(0, MAX_FILES);
    const services = compose === undefined ? [] : imagesOfServices(project, compose);
    const [first] = files;
    const build = first === undefined ? [] : [['docker', 'build', '--file', asArgument(first), '.']];
    return {
      runtime: null,
      declared: joined([...files.flatMap((name) => baseImages(project.text(name) ?? '')), ...services]),
      recreate: compose === undefined ? build : [['docker', 'compose', '--file', asArgument(compose), 'build']],
    };
  },
};

function imagesOfServices(project: Project, compose: string): Declared[] {
  return entries(field(project.parsed(compose, yaml), 'services')).flatMap(([, service]) => {
    const image = text(field(service, 'image'));
    return image === undefined ? [] : imageNamed(image);
  });
}

/** What `FROM` names, stages of the same file left out. */
function baseImages(dockerfile: string): Declared[] {
  const stages = new Set<string>();
  return dockerfile.split(/\r?\n/).flatMap((line) => {
    const found = line.length > LONGEST_LINE ? null : /^\s*FROM\s+(?:--\S+\s+)*(\S{1,500})(?:\s+AS\s+(\S{1,200}))?/i.exec(line);
    if (found === null) return [];
    const isStage = stages.has(found[1]!.toLowerCase());
    if (found[2] !== undefined) stages.add(found[2].toLowerCase());
    return isStage ? [] : imageNamed(found[1]!);
  });
}

/** `registry:5000/name:tag@digest`: the name, and what of it is asked for. */
function imageNamed(image: string): Declared {
  const found = /^(.+?)(?::([\w][\w.-]*))?(@\S+)?$/.exec(image);
  return { name: found?.[1] ?? image, asked: `${found?.[2] ?? 'latest'}${found?.[3] ?? ''}` };
}

/** One image may be used in several versions. */
function joined(images: readonly Declared[]): Declared[] {
  return [...Map.groupBy(images, ({ name }) => name)].map(([name, same]) => ({
    name,
    asked: [...new Set(same.map(({ asked }) => asked))].sort().join(', '),
  }));
}
