// The package speaks the interface of better-sqlite3, whose types are kept; its own are not named in its package.json.
declare module 'better-sqlite3-multiple-ciphers' {
  import Database from 'better-sqlite3';

  // biome-ignore lint/style/noDefaultExport: the package has no other export
  export default Database;
}
