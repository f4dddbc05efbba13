/** A database like the well-known samples (Chinook, Northwind): keys of every form, views, indexes, triggers, a search index. */
import type { DatabaseSync } from 'node:sqlite';

const schema = `
CREATE TABLE Artist (ArtistId INTEGER PRIMARY KEY, Name NVARCHAR(120));
CREATE TABLE Album (AlbumId INTEGER PRIMARY KEY AUTOINCREMENT, Title NVARCHAR(160) NOT NULL,
  ArtistId INTEGER NOT NULL REFERENCES Artist (ArtistId) ON DELETE CASCADE ON UPDATE NO ACTION);
CREATE TABLE Track (TrackId INTEGER PRIMARY KEY, Name TEXT NOT NULL COLLATE NOCASE, AlbumId INTEGER REFERENCES Album,
  Milliseconds INTEGER NOT NULL, Price NUMERIC(10,2) DEFAULT 0.99, Minutes GENERATED ALWAYS AS (Milliseconds / 60000) VIRTUAL,
  CHECK (Milliseconds > 0));
CREATE TABLE Playlist (Name TEXT PRIMARY KEY, Note);
CREATE TABLE PlaylistTrack (Name TEXT NOT NULL, TrackId INTEGER NOT NULL, PRIMARY KEY (Name, TrackId),
  FOREIGN KEY (Name) REFERENCES Playlist (Name), FOREIGN KEY (TrackId) REFERENCES Track (TrackId)) WITHOUT ROWID;
CREATE TABLE Setting (Key TEXT PRIMARY KEY, Value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE Log (At REAL, What TEXT);
CREATE INDEX TrackByAlbum ON Track (AlbumId, Name DESC);
CREATE UNIQUE INDEX LongTrack ON Track (Name, TrackId) WHERE Milliseconds > 300000;
CREATE TRIGGER Logged AFTER INSERT ON Track BEGIN INSERT INTO Log VALUES (julianday(), new.Name); END;
CREATE VIEW "Long tracks" AS SELECT Name, Minutes FROM Track WHERE Minutes > 4;
CREATE VIRTUAL TABLE Search USING fts5(Name);
CREATE VIRTUAL TABLE Place USING rtree(id, minX, maxX);
`;

/** Makes it in an empty database: 20 artists, 100 albums, 1000 tracks. */
export function makeShop(db: DatabaseSync): void {
  db.exec(schema);
  db.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO Artist SELECT i, 'Artist ' || i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO Album (Title, ArtistId) SELECT 'Album ' || i, 1 + i % 20 FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO Track (TrackId, Name, AlbumId, Milliseconds) SELECT i, 'Track ' || i, 1 + i % 100, 200000 + i * 150 FROM n;
    INSERT INTO Playlist VALUES ('Müsli', x'00ff'), ('late', NULL);
    INSERT INTO PlaylistTrack SELECT 'late', TrackId FROM Track WHERE TrackId % 10 = 0;
    INSERT INTO Setting VALUES ('big', 9223372036854775807), ('ratio', 2.0), ('text', '2.0');
    INSERT INTO Search SELECT Name FROM Track;
    INSERT INTO Place VALUES (1, 0, 1);
  `);
}
