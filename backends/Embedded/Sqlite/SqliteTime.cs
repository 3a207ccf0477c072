using Trainyard.Storage.Sqlite;

namespace Trainyard.Backends.Sqlite;

/// <summary>Instants as numbers that sort.</summary>
internal static class SqliteTime
{
    public static DateTimeOffset GetTime(this SqliteStatement row, int column) =>
        new(row.GetInt64(column), TimeSpan.Zero);
}
