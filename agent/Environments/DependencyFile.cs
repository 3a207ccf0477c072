using System.Security.Cryptography;
using System.Text;

namespace Trainyard.Agent.Environments;

/// <summary>What of a model archive says which packages it needs.</summary>
/// <param name="Name">A file at the top of the archive.</param>
/// <param name="Content">What an environment made of it is known by.</param>
internal sealed record DependencyFile(string Name, byte[] Content)
{
    public const string Requirements = "requirements.txt";
    public const string Project = "pyproject.toml";
    public const string Lock = "uv.lock";

    private const long MostBytes = 4 << 20;

    /// <summary>Lines that lead to other files of the archive.</summary>
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

    /// <summary>A program at the top that says itself what it needs (PEP 723), besides the file or as the only one.</summary>
    public string? Program { get; init; }

    /// <summary>
    /// A lock file where there is something that reads it, else requirements, else the project's own; and what a single program
    /// says of itself, unless there is a project.
    /// </summary>
    /// <exception cref="DependenciesFailedException">There is none, or none that can be used here.</exception>
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

    /// <summary>Whether it may lead to other files of the archive, so that it says not all by itself.</summary>
    public bool IsOpen =>
        Name == Requirements
        && Encoding.UTF8.GetString(Content).Split('\n').Any(line => Outward.Any(line.TrimStart().StartsWith));

    public string Hash(params IEnumerable<string> others) =>
        Convert.ToHexStringLower(
            SHA256.HashData([.. Content, .. Encoding.UTF8.GetBytes(string.Join('\0', others.Prepend(Name)))])
        )[..32];

    // With several such programs nobody knows which one is meant.
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

/// <summary>What a run needs cannot be installed. The message is for the run's owner.</summary>
internal sealed class DependenciesFailedException(string message) : Exception(message);
