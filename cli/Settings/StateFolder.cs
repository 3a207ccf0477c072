namespace Trainyard.Cli.Settings;

/// <summary>The folder where the service of this machine keeps its state, its address and its first key.</summary>
internal static class StateFolder
{
    public static string Of(Surroundings surroundings) =>
        surroundings.Text("TRAINYARD_HOME") ?? Path.Combine(UserData(surroundings), "trainyard");

    private static string UserData(Surroundings surroundings) =>
        surroundings.Text("XDG_DATA_HOME")
        ?? (
            OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(surroundings.Text("HOME") ?? "/", ".local", "share")
        );
}
