using System.Reflection;
using System.Runtime.InteropServices;
using Trainyard.Architecture.Tests.Infra.Running;
using CpuArchitecture = System.Runtime.InteropServices.Architecture;

namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>
/// The Bicep compiler, started in a folder that holds infra/ and goes afterwards. It works without a network: there are no
/// modules from a registry, and none would be fetched.
/// </summary>
internal sealed class Bicep : IDisposable
{
    private readonly Script _script = new();

    public Bicep()
    {
        // The program unpacks itself at its first start: beside the tests, which is writable, and for all runs of them.
        _script.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Path.Combine(AppContext.BaseDirectory, "bicep");
        foreach (var (path, text) in Infra)
        {
            Write(path, text);
        }
    }

    /// <summary>Why tests that need it are skipped; null where it runs.</summary>
    public static string? WhyNot =>
        OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == CpuArchitecture.X64
            ? null
            : "The Bicep compiler comes for linux-x64 only.";

    /// <summary>The files of infra/ by their path in the repository.</summary>
    public static IReadOnlyDictionary<string, string> Infra { get; } =
        Repository
            .Read()
            .Files.Where(file => file.Key.StartsWith("infra/"))
            .ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);

    private static string Program { get; } =
        typeof(Bicep)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .SingleOrDefault(each => each.Key == "BicepCompiler")
            ?.Value
        ?? "";

    public IDictionary<string, string> Variables => _script.Environment;

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_script.In(path))!);
        _script.Write(path, text);
    }

    public string Read(string path) => _script.Read(path);

    /// <summary>Runs it to the end; all that it said, a line each.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(params string[] arguments)
    {
        EnsureExecutable();
        var (code, output) = await _script.RunAsync(Program, arguments);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        return code == 0 || lines.Count > 0 ? lines : [$"{string.Join(' ', arguments)} ended with {code}."];
    }

    public void Dispose() => _script.Dispose();

    // Not every restore keeps a program's mode.
    private static void EnsureExecutable()
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException($"There is no compiler at '{Program}': restore and build again.");
        }

        var mode = File.GetUnixFileMode(Program);
        if (!mode.HasFlag(UnixFileMode.UserExecute))
        {
            File.SetUnixFileMode(Program, mode | UnixFileMode.UserExecute);
        }
    }
}

/// <summary>A test that needs the Bicep compiler; where it does not run, the test says so instead of failing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepFactAttribute : FactAttribute
{
    public BicepFactAttribute() => Skip = Bicep.WhyNot;
}

/// <summary>The same for a test with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepTheoryAttribute : TheoryAttribute
{
    public BicepTheoryAttribute() => Skip = Bicep.WhyNot;
}
