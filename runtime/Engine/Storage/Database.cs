using SQLitePCL;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>
/// One SQLite connection, used by one thread at a time. SQLite's own interface, because the ADO.NET layer costs more
/// per statement than SQLite itself does.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 handle;
    private readonly string path;
    private readonly List<Statement> statements = [];

    static Database() => Batteries_V2.Init();

    private Database(sqlite3 handle, string path)
    {
        this.handle = handle;
        this.path = path;
    }

    public static Database Open(string path, bool readOnly)
    {
        var flags = readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        var result = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new Database(handle, path);
        database.Check(result);
        raw.sqlite3_busy_timeout(handle, 10_000);
        return database;
    }

    public int Changes => raw.sqlite3_changes(handle);

    public void Execute(string sql) => Check(raw.sqlite3_exec(handle, sql));

    public long ReadNumber(string sql)
    {
        using var statement = Compile(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>A statement for the life of the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = Compile(sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>Makes every statement ready for its next run, wherever the last one was broken off.</summary>
    public void ResetStatements() => statements.ForEach(statement => statement.Reset());

    public void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw StorageFailure.Describe(path, result, raw.sqlite3_errmsg(handle).utf8_to_string());
        }
    }

    private Statement Compile(string sql)
    {
        Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
        return new Statement(this, prepared);
    }

    public void Dispose()
    {
        statements.ForEach(statement => statement.Dispose());
        raw.sqlite3_close_v2(handle);
        handle.Dispose();
    }
}
