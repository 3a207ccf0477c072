namespace Trainyard.Contracts.Tests;

public sealed class StateFolderTests
{
    [Fact]
    public void The_variable_names_the_folder() =>
        Assert.Equal("/srv/state", Of(("TRAINYARD_HOME", "/srv/state"), ("XDG_DATA_HOME", "/data")));

    [Theory]
    [InlineData("/data", "/data/trainyard")]
    [InlineData("", "/people/eve/.local/share/trainyard")]
    [InlineData("relative", "/people/eve/.local/share/trainyard")]
    public void Without_it_the_folder_is_in_the_users_data(string data, string expected)
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(expected, Of(("TRAINYARD_HOME", ""), ("XDG_DATA_HOME", data), ("HOME", "/people/eve")));
        }
    }

    [Fact]
    public void Every_program_of_a_user_finds_the_same_folder()
    {
        // What .NET calls the user's data folder is where services kept their state before: on macOS no variable moves it.
        var data = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        );
        var environment = (string name) =>
            name == StateFolder.Variable ? null : Environment.GetEnvironmentVariable(name);

        Assert.Equal(Path.Combine(data, "trainyard"), StateFolder.OfUser(environment)!.Path);
    }

    [Fact]
    public void What_is_configured_goes_first() => Assert.Equal("/srv/other", StateFolder.Find("/srv/other").Path);

    private static string? Of(params (string Name, string Value)[] variables) =>
        StateFolder.OfUser(name => variables.FirstOrDefault(v => v.Name == name).Value)?.Path;
}
