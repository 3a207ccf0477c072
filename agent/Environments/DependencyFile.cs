using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Agent.Environments;

/// <summary>The file of a model archive that lists the packages it needs.</summary>
/// <param name="Name">The name of a file at the top of the archive.</param>
/// <param name="Content">The content that identifies the environment.</param>
internal sealed record DependencyFile(string Name, byte[] Content)
{
    public const string Requirements = "requirements.txt";
    public const string Project = "pyproject.toml";
    public const string Lock = "uv.lock";

    private const long MostBytes = 4 << 20;

    /// <summary>Starts of lines that refer to other files of the archive.</summary>
    private static readonly string[] Outward =
    [
        "-r",
        "-c",
        "-e",
        "--requirement",
        "--constraint",
        "--editable",
        ".",
        "/",
        "file:",
    ];

    /// <summary>
    /// A program at the top that declares its own packages (PEP 723), in addition to the file or instead of it.
    /// </summary>
    public string? Program { get; init; }

    /// <summary>
    /// Chooses a lock file when there is a tool that reads it, otherwise the requirements, otherwise the project file.
    /// Without a project, the declarations of a single program are added.
    /// </summary>
    /// <exception cref="DependenciesFailedException">There is no file, or none that can be used here.</exception>
    public static DependencyFile Find(string model, bool hasUv)
    {
        bool Has(string name) => File.Exists(Path.Combine(model, name));
        if (hasUv && Has(Lock) && Has(Project))
        {
            return new DependencyFile(Lock, [.. Read(model, Lock), .. Read(model, Project)]);
        }
        var program = Has(Project) ? null : FindProgram(model);
        if (Has(Requirements))
        {
            return program is { } both
                ? new DependencyFile(Requirements, [.. Read(model, Requirements), .. both.Block])
                {
                    Program = both.Name,
                }
                : new DependencyFile(Requirements, Read(model, Requirements));
        }
        if (Has(Project))
        {
            return new DependencyFile(Project, Read(model, Project));
        }
        if (program is { } alone)
        {
            return new DependencyFile(alone.Name, alone.Block) { Program = alone.Name };
        }
        throw new DependenciesFailedException(
            Has(Lock)
                ? $"{Lock} needs uv on the node and {Project} beside it; {Requirements} is installed without."
                : $"The archive has neither {Requirements} nor {Project} nor {Lock} at its top, nor a program there that says what it needs."
        );
    }

    /// <summary>
    /// Whether the file may refer to other files of the archive, so that it alone does not identify the environment.
    /// </summary>
    public bool IsOpen =>
        Name == Requirements
        && Encoding.UTF8.GetString(Content).Split('\n').Any(line => Outward.Any(line.TrimStart().StartsWith));

    public string Hash(params IEnumerable<string> others) =>
        Convert.ToHexStringLower(
            SHA256.HashData([.. Content, .. Encoding.UTF8.GetBytes(string.Join('\0', others.Prepend(Name)))])
        )[..32];

    // With several such programs, it is unclear which one is meant.
    private static (string Name, byte[] Block)? FindProgram(string model)
    {
        var found = Directory
            .EnumerateFiles(model, "*.py")
            .Order(StringComparer.Ordinal)
            .Where(file => new FileInfo(file).Length <= MostBytes)
            .Select(file => (Name: Path.GetFileName(file), Block: InlineMetadata.BlockOf(File.ReadAllText(file))))
            .Where(program => program.Block is not null)
            .Take(2)
            .ToList();
        return found is [var (name, block)] ? (name, Encoding.UTF8.GetBytes(block!)) : null;
    }

    private static byte[] Read(string model, string name)
    {
        var file = Path.Combine(model, name);
        return new FileInfo(file).Length <= MostBytes
            ? File.ReadAllBytes(file)
            : throw new DependenciesFailedException($"{name} is larger than {MostBytes >> 20} MiB.");
    }
}

/// <summary>The packages of a run cannot be installed. The message is for the run's owner.</summary>
internal sealed class DependenciesFailedException(string message) : Exception(message);
