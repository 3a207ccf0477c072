namespace Trainyard.Contracts;

/// <summary>An error answer, <c>application/problem+json</c> (RFC 9457). <see cref="Code"/> is stable.</summary>
public sealed record Problem
{
    /// <summary>The media type of every error answer.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary><c>about:blank</c> or a page that explains the code.</summary>
    public string Type { get; init; } = "about:blank";

    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>Stable, machine-readable, snake_case.</summary>
    public required string Code { get; init; }

    /// <summary>One sentence that says what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>All errors in the request, in the order of their position.</summary>
    public IReadOnlyList<ProblemItem>? Errors { get; init; }

    /// <summary>Id of the trace in the service's own logs.</summary>
    public string? TraceId { get; init; }
}

/// <summary>One error and its position.</summary>
public sealed record ProblemItem
{
    /// <summary>The source of an item that repeats the problem itself, for clients that read only the items.</summary>
    public const string Request = "request";

    public required string Code { get; init; }

    public required string Message { get; init; }

    /// <summary>
    /// The part of the request with the error: <c>manifest</c>, <c>model_definition</c>, <c>secret</c> (when one is
    /// stored) or <see cref="Request"/>.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>Field path such as <c>training_data_reference.source.bucket</c>, or the archive's entry.</summary>
    public string? Path { get; init; }

    /// <summary>From 1.</summary>
    public int? Line { get; init; }

    /// <summary>From 1.</summary>
    public int? Column { get; init; }

    /// <summary>The values allowed there.</summary>
    public string? Allowed { get; init; }

    /// <summary>The value that was probably meant.</summary>
    public string? Suggestion { get; init; }
}
