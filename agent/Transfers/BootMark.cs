namespace Trainyard.Agent.Transfers;

/// <summary>Marks in a folder since which boot of the machine the folder is in use.</summary>
internal static class BootMark
{
    private const string Source = "/proc/sys/kernel/random/boot_id";
    private const string Name = "boot";

    /// <summary>Whether the machine was rebooted since the mark was written.</summary>
    public static bool Differs(string folder)
    {
        var file = Path.Combine(folder, Name);
        return !File.Exists(file) || File.ReadAllText(file) != Current();
    }

    public static void Write(string folder) => File.WriteAllText(Path.Combine(folder, Name), Current());

    private static string Current() => File.Exists(Source) ? File.ReadAllText(Source) : "";
}
