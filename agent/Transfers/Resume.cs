using System.Net;

namespace Trainyard.Agent.Transfers;

/// <summary>The next step after the answer to a range request.</summary>
internal enum ResumeStep
{
    /// <summary>The body begins at the requested byte.</summary>
    Append,

    /// <summary>The body is the whole object, from its first byte.</summary>
    FromTheStart,

    /// <summary>The address is no longer good: request the page again.</summary>
    AskAgain,

    /// <summary>Another try may help.</summary>
    TryAgain,

    /// <summary>The object changed.</summary>
    Changed,

    /// <summary>No other try can help.</summary>
    GiveUp,
}

/// <summary>Reads an answer to a range request.</summary>
internal static class Resume
{
    /// <param name="status">The status of the answer.</param>
    /// <param name="rangeStart">The first byte of the answer's range; null when the answer has no range header.</param>
    /// <param name="from">The first requested byte.</param>
    public static ResumeStep Next(HttpStatusCode status, long? rangeStart, long from) =>
        status switch
        {
            HttpStatusCode.OK => ResumeStep.FromTheStart,
            // An answer without a range header is taken as the requested range; the check of the size finds a mistake
            // later.
            HttpStatusCode.PartialContent when rangeStart is null || rangeStart == from => ResumeStep.Append,
            HttpStatusCode.PartialContent when rangeStart == 0 => ResumeStep.FromTheStart,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ResumeStep.AskAgain,
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => ResumeStep.TryAgain,
            HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PreconditionFailed => ResumeStep.Changed,
            HttpStatusCode.PartialContent => ResumeStep.TryAgain,
            >= HttpStatusCode.InternalServerError => ResumeStep.TryAgain,
            _ => ResumeStep.GiveUp,
        };
}
