using SQLitePCL;

namespace Trainyard.Storage.Sqlite;

/// <summary>A prepared statement. Bind, step, reset; parameters count from 1, columns from 0.</summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _handle;
    private int _bound;

    internal SqliteStatement(SqliteConnection connection, sqlite3_stmt handle)
    {
        _connection = connection;
        _handle = handle;
    }

    public SqliteStatement Bind(long value) => Bound(raw.sqlite3_bind_int64(_handle, ++_bound, value));

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public SqliteStatement Bind(string? value) =>
        value is null ? BindNull() : Bound(raw.sqlite3_bind_text(_handle, ++_bound, value));

    public SqliteStatement Bind(byte[]? value) =>
        value is null ? BindNull() : Bound(raw.sqlite3_bind_blob(_handle, ++_bound, value));

    public SqliteStatement BindNull() => Bound(raw.sqlite3_bind_null(_handle, ++_bound));

    /// <summary>Binds by name; every parameter of the statement must be among them.</summary>
    public void Bind(ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        var found = 0;
        foreach (var (name, value) in arguments)
        {
            var index = raw.sqlite3_bind_parameter_index(_handle, name);
            if (index > 0)
            {
                _bound = index - 1;
                BindObject(value);
                found++;
            }
        }

        if (found != raw.sqlite3_bind_parameter_count(_handle))
        {
            throw new ArgumentException("A parameter of the statement has no value.", nameof(arguments));
        }
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_handle);
        _connection.Check(result);
        return result == raw.SQLITE_ROW;
    }

    /// <summary>Runs a statement that gives no rows, and makes it ready for the next run.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public void Reset()
    {
        raw.sqlite3_reset(_handle);
        _bound = 0;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public long GetInt64(int column) => raw.sqlite3_column_int64(_handle, column);

    public long? GetInt64OrNull(int column) => IsNull(column) ? null : GetInt64(column);

    public int GetInt32(int column) => raw.sqlite3_column_int(_handle, column);

    public bool GetBoolean(int column) => GetInt64(column) != 0;

    public string GetString(int column) =>
        GetStringOrNull(column) ?? throw new InvalidDataException($"Column {column} is empty.");

    public string? GetStringOrNull(int column) =>
        IsNull(column) ? null : raw.sqlite3_column_text(_handle, column).utf8_to_string();

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> GetBlob(int column) => raw.sqlite3_column_blob(_handle, column);

    public void Dispose() => _handle.Dispose();

    private SqliteStatement BindObject(object? value) =>
        value switch
        {
            null => BindNull(),
            string text => Bind(text),
            long number => Bind(number),
            int number => Bind((long)number),
            bool flag => Bind(flag ? 1L : 0L),
            byte[] bytes => Bind(bytes),
            _ => throw new ArgumentException($"{value.GetType()} is no type of SQLite.", nameof(value)),
        };

    private SqliteStatement Bound(int result)
    {
        _connection.Check(result);
        return this;
    }
}
