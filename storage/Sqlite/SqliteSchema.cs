namespace Trainyard.Storage.Sqlite;

/// <summary>The schema of a database file, as a list of migrations.</summary>
/// <param name="steps">
/// Each migration takes a file from one version (its index) to the next. Never change a released one.
/// </param>
public sealed class SqliteSchema(IReadOnlyList<string> steps)
{
    private const string ReadVersion = "PRAGMA user_version";

    /// <summary>Opens a file for writing; first creates it or migrates it to this program's version.</summary>
    /// <returns>The connection, and the version that the file had: 0 for a new one.</returns>
    /// <exception cref="NewerSchemaException">A newer program wrote the file; nothing was changed.</exception>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    public (SqliteConnection Connection, int Version) Open(string path)
    {
        RefuseNewer(path);
        var connection = SqliteConnection.Open(path, readOnly: false);
        try
        {
            connection.Execute("PRAGMA journal_mode=WAL");
            return (connection, Upgrade(connection));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void RefuseNewer(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var connection = SqliteConnection.Open(path, readOnly: true);
        var version = connection.ReadNumber(ReadVersion);
        if (version > steps.Count)
        {
            throw new NewerSchemaException(
                $"{path} was written by a newer version of the service (schema {version}; this one knows up to "
                    + $"{steps.Count}). Nothing was changed. Start the newer version, or use another state folder."
            );
        }
    }

    private int Upgrade(SqliteConnection connection)
    {
        var version = (int)connection.ReadNumber(ReadVersion);
        if (version < steps.Count)
        {
            connection.InTransaction(() =>
            {
                foreach (var step in steps.Skip(version))
                {
                    connection.Execute(step);
                }

                // A PRAGMA takes no parameters.
                connection.Execute($"PRAGMA user_version={steps.Count}");
                return true;
            });
        }

        return version;
    }
}

/// <summary>A newer version of this program wrote the database file.</summary>
public sealed class NewerSchemaException(string message) : InvalidOperationException(message);
