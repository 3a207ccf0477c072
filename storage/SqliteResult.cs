namespace Trainyard.Storage;

/// <summary>What SQLite's result codes mean to whoever runs the service.</summary>
public static class SqliteResult
{
    /// <param name="code">A result code; of an extended one the first byte counts.</param>
    /// <returns>What is wrong and what to do, as the end of a sentence.</returns>
    public static string Describe(int code) =>
        (code & 0xFF) switch
        {
            8 or 3 => "the file may not be written", // SQLITE_READONLY, SQLITE_PERM
            5 or 6 => "another program holds the file", // SQLITE_BUSY, SQLITE_LOCKED
            10 => "the disk failed", // SQLITE_IOERR
            13 => "the disk is full; free some space", // SQLITE_FULL
            14 => "the file cannot be opened", // SQLITE_CANTOPEN
            11 or 26 => // SQLITE_CORRUPT, SQLITE_NOTADB
            "the file is damaged; restore it from a backup, or move it away to begin without its contents",
            _ => "the storage failed",
        };
}
