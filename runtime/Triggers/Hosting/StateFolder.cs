namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>The folder that keeps the service's state: found, and made for its owner only.</summary>
internal sealed class StateFolder
{
    public const string Variable = "TRAINYARD_HOME";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <exception cref="HostStartException">The folder cannot be made.</exception>
    public StateFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        Create(Path);
    }

    public string Path { get; }

    public string SettingsFile => File("appsettings.json");

    public static string Locate()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home)
        {
            return home;
        }
        var data = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        );
        return data.Length > 0
            ? System.IO.Path.Combine(data, "trainyard")
            : throw new HostStartException(
                $"There is no user data folder to keep state in; set {Variable} to a folder."
            );
    }

    public string File(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public static void Create(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, OwnerOnly);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostStartException(
                $"The folder {path} cannot be made: {e.Message} Set {Variable} to a folder you may write to.",
                e
            );
        }
    }
}
