namespace Trainyard.Contracts;

/// <summary>The model as the manifest defines it.</summary>
public sealed record ModelDefinitionResource
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public AuthorResource? Author { get; init; }

    /// <summary>
    /// The stored training definition that the code came from: an address in answers, a path in notices. Null where the
    /// code was sent with the manifest. The definition itself may be deleted by now.
    /// </summary>
    public string? DefinitionHref { get; init; }

    public required FrameworkResource Framework { get; init; }

    public required ExecutionResource Execution { get; init; }
}

public sealed record AuthorResource(string? Name, string? Email);

/// <param name="Version">As the manifest has it, with a suffix such as <c>-py3</c>.</param>
/// <param name="Runtimes">The Python of the run; left out where the framework uses none.</param>
public sealed record FrameworkResource(string Name, string Version, IReadOnlyList<RuntimeResource>? Runtimes = null);

public sealed record RuntimeResource(string Name, string Version);

public sealed record ExecutionResource
{
    public required string Command { get; init; }

    public required ComputeResource ComputeConfiguration { get; init; }
}

public sealed record ComputeResource
{
    public string? Name { get; init; }

    public required int Gpus { get; init; }

    public required double Cpus { get; init; }

    /// <summary>Memory in bytes.</summary>
    public required long Memory { get; init; }

    /// <summary>Disk space in bytes; left out when the run asks for none.</summary>
    public long? Disk { get; init; }

    public required int Nodes { get; init; }
}
