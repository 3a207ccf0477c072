using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Sqlite;

/// <summary>A connection and its statements, with named parameters. For one thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    /// <summary>Whether a transaction is open; after a failure, it could not be rolled back.</summary>
    public bool IsInTransaction => connection.IsInTransaction;

    public T InTransaction<T>(Func<SqliteSession, T> work) => connection.InTransaction(() => work(this));

    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        Run(sql, arguments, statement => statement.Step());
        return connection.Changes;
    }

    /// <summary>The first row, or null.</summary>
    public T? First<T>(
        string sql,
        Func<SqliteStatement, T> map,
        params ReadOnlySpan<(string Name, object? Value)> arguments
    )
        where T : class => Run(sql, arguments, statement => statement.Step() ? map(statement) : null);

    /// <summary>The first column of the first row as a number; the row must exist.</summary>
    public long Number(string sql, params ReadOnlySpan<(string Name, object? Value)> arguments) =>
        Run(
            sql,
            arguments,
            statement =>
                statement.Step() ? statement.GetInt64(0) : throw new InvalidOperationException("There is no such row.")
        );

    /// <summary>All rows.</summary>
    public List<T> All<T>(
        string sql,
        Func<SqliteStatement, T> map,
        params ReadOnlySpan<(string Name, object? Value)> arguments
    ) => Run(sql, arguments, statement => ReadAll(statement, map));

    public void Dispose() => connection.Dispose();

    private static List<T> ReadAll<T>(SqliteStatement statement, Func<SqliteStatement, T> map)
    {
        var rows = new List<T>();
        while (statement.Step())
        {
            rows.Add(map(statement));
        }

        return rows;
    }

    private T Run<T>(string sql, ReadOnlySpan<(string Name, object? Value)> arguments, Func<SqliteStatement, T> use)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements.Add(sql, statement = connection.Prepare(sql));
        }

        try
        {
            statement.Bind(arguments);
            return use(statement);
        }
        finally
        {
            statement.Reset();
        }
    }
}
