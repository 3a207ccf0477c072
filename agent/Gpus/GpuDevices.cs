using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainyard.Agent.Gpus;

/// <summary>The device nodes of GPUs: <c>/dev/nvidiaN</c> of each one, and the shared ones.</summary>
internal static partial class GpuDevices
{
    private const string Driver = "/proc/driver/nvidia/gpus";

    public static IReadOnlyList<string> Of(IReadOnlyList<Gpu> gpus)
    {
        if (gpus.Count == 0)
        {
            return [];
        }
        var minors = Minors(Driver);
        var own = gpus.Select(gpu => $"/dev/nvidia{minors.GetValueOrDefault(gpu.Index, gpu.Index)}").ToHashSet();
        return
        [
            .. Directory
                .GetFileSystemEntries("/dev", "nvidia*")
                .Where(path => own.Contains(path) || !IsGpu(path))
                .Order(),
        ];
    }

    /// <summary>Maps the GPU's number to the number of its device node, which may differ.</summary>
    internal static Dictionary<int, int> Minors(string driver)
    {
        if (!Directory.Exists(driver))
        {
            return [];
        }
        return Directory
            .GetDirectories(driver)
            .Order(StringComparer.Ordinal)
            .Index()
            .Select(gpu => (gpu.Index, Minor: MinorLine().Match(Information(gpu.Item)).Groups["minor"]))
            .Where(gpu => gpu.Minor.Success)
            .ToDictionary(gpu => gpu.Index, gpu => int.Parse(gpu.Minor.ValueSpan, CultureInfo.InvariantCulture));
    }

    private static string Information(string gpu)
    {
        try
        {
            return File.ReadAllText(Path.Combine(gpu, "information"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static bool IsGpu(string path) => path["/dev/nvidia".Length..].All(char.IsAsciiDigit);

    [GeneratedRegex(@"^Device Minor:\s*(?<minor>\d{1,6})", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex MinorLine();
}
