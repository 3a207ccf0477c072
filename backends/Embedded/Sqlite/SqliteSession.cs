using Microsoft.Data.Sqlite;

namespace Trainyard.Backends.Sqlite;

/// <summary>One connection with its prepared statements. For one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> commands = [];
    private readonly SqliteConnection connection;

    public SqliteSession(string path)
    {
        // Our own sessions are the pool.
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        connection = new SqliteConnection(settings.ToString());
        connection.Open();
        // Another process (a backup, a person with a shell) may hold the file for a moment.
        Execute("PRAGMA busy_timeout = 10000");
        // FULL: what was committed survives a power cut, not only a crash.
        Execute("PRAGMA synchronous = FULL");
        // What was deleted is overwritten: a purged run is not to be found in the file's free pages.
        Execute("PRAGMA secure_delete = ON");
    }

    /// <summary>Runs a statement and gives the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> arguments) =>
        Prepare(sql, arguments).ExecuteNonQuery();

    /// <summary>The first row, or null.</summary>
    public T? First<T>(
        string sql,
        Func<SqliteDataReader, T> map,
        params ReadOnlySpan<(string Name, object? Value)> arguments
    )
        where T : class
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        return reader.Read() ? map(reader) : null;
    }

    /// <summary>The first column of the first row, which must be there, as a number.</summary>
    public long Number(string sql, params ReadOnlySpan<(string Name, object? Value)> arguments) =>
        Convert.ToInt64(Prepare(sql, arguments).ExecuteScalar());

    /// <summary>All rows.</summary>
    public List<T> All<T>(
        string sql,
        Func<SqliteDataReader, T> map,
        params ReadOnlySpan<(string Name, object? Value)> arguments
    )
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
            command.Dispose();
        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text comes from a constant; values travel as parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            commands.Add(sql, command);
        }
        command.Parameters.Clear();
        foreach (var (name, value) in arguments)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
