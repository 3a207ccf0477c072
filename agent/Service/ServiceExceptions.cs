using System.Net;

namespace Trainyard.Agent.Service;

/// <summary>The service did not answer, or answered that it cannot right now: worth another try.</summary>
internal sealed class ServiceAwayException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether an answer came at all.</summary>
    public bool Answered { get; init; }

    /// <summary>The stable code of what is away; empty when it has none.</summary>
    public string Code { get; init; } = "";

    /// <summary>The pause that the answer asks for, within bounds; null when it asks for none.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The service refused for good: another try gets the same answer.</summary>
internal sealed class ServiceRefusedException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The problem's stable code; empty when the answer was no problem.</summary>
    public string Code { get; init; } = "";
}

/// <summary>The pool key is missing or does not belong to the pool.</summary>
internal sealed class PoolKeyRefusedException(string message) : Exception(message)
{
    /// <summary>Whether the service itself refused the key.</summary>
    public bool Answered { get; init; }
}
