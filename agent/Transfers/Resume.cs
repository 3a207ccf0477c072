using System.Net;

namespace Trainyard.Agent.Transfers;

/// <summary>What to do with the answer to a request for a range of an object.</summary>
internal enum ResumeStep
{
    /// <summary>The body begins where it was asked to.</summary>
    Append,

    /// <summary>The body is the whole object, from its first byte.</summary>
    FromTheStart,

    /// <summary>The address is no longer good: ask for the page again.</summary>
    AskAgain,

    /// <summary>Another try may help.</summary>
    TryAgain,

    /// <summary>The object is another one than before.</summary>
    Changed,

    /// <summary>Nothing will help.</summary>
    GiveUp,
}

/// <summary>Reads an answer to a range request.</summary>
internal static class Resume
{
    /// <param name="status">The answer's.</param>
    /// <param name="rangeStart">Where its range begins; null when it says none.</param>
    /// <param name="from">The first byte that was asked for.</param>
    public static ResumeStep Next(HttpStatusCode status, long? rangeStart, long from) =>
        status switch
        {
            HttpStatusCode.OK => ResumeStep.FromTheStart,
            // Without a word about its range it can only be the one that was asked for; the size shows it in the end.
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
