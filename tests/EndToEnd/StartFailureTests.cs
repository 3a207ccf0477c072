using Trainyard.EndToEnd.Harness;
using Trainyard.Storage.Sqlite;
using Trainyard.Tests.Shared;

namespace Trainyard.EndToEnd;

/// <summary>A state folder that cannot be used: one sentence on standard error that says what to do, and exit code 1.</summary>
public sealed class StartFailureTests : IDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    private string Home => Path.Combine(_folder.Path, "home");

    public void Dispose()
    {
        if (Directory.Exists(Home))
        {
            File.SetUnixFileMode(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        _folder.Dispose();
    }

    [Theory]
    [InlineData("records.db")]
    [InlineData("Trainyard.db")]
    public async Task A_damaged_database_is_named_and_what_to_do(string database)
    {
        _folder.Write($"home/{database}", new string('x', 5000));

        var sentence = await StartAsync();

        Assert.Contains($"{Path.Combine(Home, database)}: the file is damaged; restore it from a backup", sentence);
    }

    [Fact]
    public async Task A_database_of_a_newer_service_is_left_alone()
    {
        _folder.Folder("home");
        using (var database = SqliteConnection.Open(_folder.File("home/records.db"), readOnly: false))
        {
            database.Execute("PRAGMA user_version = 999");
        }

        Assert.Contains("written by a newer version of the service", await StartAsync());
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_named()
    {
        _folder.Folder("home");
        File.SetUnixFileMode(Home, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var sentence = await StartAsync();

        Assert.Contains(Home, sentence);
        Assert.Contains("denied", sentence);
    }

    [Fact]
    public async Task A_file_in_the_folder_s_place_is_named()
    {
        _folder.Write("home", "");

        var sentence = await StartAsync();

        Assert.Contains($"The folder {Home} cannot be made", sentence);
        File.Delete(Home);
    }

    [Fact]
    public async Task A_setting_that_names_no_backends_is_told_with_what_it_takes()
    {
        var sentence = await StartAsync(("Backends", "sqlite"));

        Assert.Contains(
            "The setting Backends is 'sqlite'; it takes 'embedded' (SQLite and files) or 'azure'",
            sentence
        );
    }

    /// <returns>The one line of standard error.</returns>
    private async Task<string> StartAsync(params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string?> { ["TRAINYARD_HOME"] = Home, ["Pool__StartAgent"] = "false" };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        // Root may write everything, unless it gives up this right.
        string[] withoutRights = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
            : [];
        string[] command = [.. withoutRights, "dotnet", Programs.Service, "--port", "0"];
        await using var service = ChildProcess.Start(command[0], command[1..], environment);

        var code = await service.WaitForExit(EndsWithin);

        Assert.True(code == 1, $"exit {code}\n{service.Output}");
        var sentence = Assert.Single(service.ErrorLines);
        Assert.StartsWith("The service cannot start. ", sentence);
        return sentence;
    }
}
