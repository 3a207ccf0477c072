using SQLitePCL;

namespace Trainyard.Storage.Sqlite;

/// <summary>
/// One SQLite connection, used by one thread at a time. SQLite's own interface, because the ADO.NET layer costs more
/// per statement than SQLite itself does.
/// </summary>
public sealed class SqliteConnection : IDisposable
{
    private const int BusyTimeout = 10_000;

    private readonly sqlite3 _handle;
    private readonly string _path;
    private readonly List<SqliteStatement> _statements = [];

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    /// <summary>How many rows the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Whether a transaction is open. True after a rollback means that the rollback failed.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static SqliteConnection Open(string path, bool readOnly)
    {
        var flags = readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        var result = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new SqliteConnection(handle, path);
        try
        {
            connection.Check(result);
            connection.Prepare(readOnly);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that take no arguments.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    public long ReadNumber(string sql)
    {
        using var statement = Compile(sql);
        return statement.Step() ? statement.GetInt64(0) : 0;
    }

    /// <summary>A statement for the life of the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var statement = Compile(sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Makes changes that are durable when this returns, and undone when it throws.</summary>
    public T InTransaction<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Execute("BEGIN IMMEDIATE");
        try
        {
            var result = work();
            Execute("COMMIT");
            return result;
        }
        catch
        {
            Undo();
            throw;
        }
    }

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        _statements.Clear();
        raw.sqlite3_close_v2(_handle);
        _handle.Dispose();
    }

    internal void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw new SqliteException(_path, result, raw.sqlite3_errmsg(_handle).utf8_to_string());
        }
    }

    private void Prepare(bool readOnly)
    {
        // Another process (a backup, a person with a shell) may hold the file for a moment.
        raw.sqlite3_busy_timeout(_handle, BusyTimeout);
        if (readOnly)
        {
            return;
        }

        // FULL: commits survive a power cut, not only a crash.
        Execute("PRAGMA synchronous=FULL");
        // SQLite overwrites deleted content, so it cannot be found in the file's free pages.
        Execute("PRAGMA secure_delete=ON");
    }

    /// <summary>
    /// Rolls back, unless SQLite has done so at the failure. <see cref="IsInTransaction"/> tells whether it worked.
    /// </summary>
    private void Undo()
    {
        _statements.ForEach(statement => statement.Reset());
        if (IsInTransaction)
        {
            raw.sqlite3_exec(_handle, "ROLLBACK");
        }
    }

    private SqliteStatement Compile(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
        return new SqliteStatement(this, prepared);
    }
}
