using System.Net;

namespace Trainyard.Agent.Transfers;

/// <summary>The next step after the answer to a range request.</summary>
internal enum ResumeStep
{
    /// <summary>The body starts at the requested byte.</summary>
    Append,

    /// <summary>The body is the whole object, from its first byte.</summary>
    FromTheStart,

    /// <summary>The address has expired: request the page again.</summary>
    AskAgain,

    /// <summary>Another try may help.</summary>
    TryAgain,

    /// <summary>The object has changed.</summary>
    Changed,

    /// <summary>No further try can help.</summary>
    GiveUp,
}

/// <summary>Interprets the answer to a range request.</summary>
internal static class Resume
{
    /// <param name="status">The answer's status.</param>
    /// <param name="rangeStart">The start of the answer's range; null when the answer names none.</param>
    /// <param name="from">The first requested byte.</param>
    public static ResumeStep Next(HttpStatusCode status, long? rangeStart, long from) =>
        status switch
        {
            HttpStatusCode.OK => ResumeStep.FromTheStart,
            // Without a range in the answer, it must be the requested one; the final size check would show an error.
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
