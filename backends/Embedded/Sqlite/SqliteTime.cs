using Microsoft.Data.Sqlite;

namespace Trainyard.Backends.Sqlite;

/// <summary>Instants as numbers that sort.</summary>
internal static class SqliteTime
{
    public static DateTimeOffset GetTime(this SqliteDataReader reader, int column) =>
        new(reader.GetInt64(column), TimeSpan.Zero);

    public static string? GetStringOrNull(this SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
