namespace Trainyard.Agent.Transfers;

/// <summary>Records in a folder the machine's current boot, to notice a restart of the machine.</summary>
internal static class BootMark
{
    private const string Source = "/proc/sys/kernel/random/boot_id";
    private const string Name = "boot";

    /// <summary>Whether the machine has been restarted since the mark.</summary>
    public static bool Differs(string folder)
    {
        var file = Path.Combine(folder, Name);
        return !File.Exists(file) || File.ReadAllText(file) != Current();
    }

    public static void Write(string folder) => File.WriteAllText(Path.Combine(folder, Name), Current());

    private static string Current() => File.Exists(Source) ? File.ReadAllText(Source) : "";
}
