using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Storage;

namespace Trainyard.Runtime.Triggers.State;

/// <summary>The folder that keeps the host's state, made for its owner only.</summary>
internal sealed class HostFolder
{
    /// <summary>The environment variable that moves the folder, and the key by which the configuration tells where it is.</summary>
    public const string Variable = "TRAINYARD_HOME";

    /// <exception cref="HostStartException">The folder cannot be made.</exception>
    public HostFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        Create(Path);
    }

    public string Path { get; }

    public string SettingsFile => File("appsettings.json");

    public string File(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public static void Create(string path)
    {
        try
        {
            DurableFiles.CreatePrivateFolder(path);
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
