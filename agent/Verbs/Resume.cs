using System.Net;

namespace Trainyard.Agent.Verbs;

/// <summary>What to do with the answer to a request for the rest of an object.</summary>
internal enum ResumeStep
{
    /// <summary>The body goes on where the file ends.</summary>
    Append,

    /// <summary>The body is the whole object.</summary>
    Restart,

    /// <summary>The address is no longer good: ask for the page again.</summary>
    AskAgain,

    /// <summary>Another try may help.</summary>
    TryAgain,

    /// <summary>Nothing will help.</summary>
    GiveUp,
}

/// <summary>Reads an answer to a range request.</summary>
internal static class Resume
{
    /// <param name="status">The answer's.</param>
    /// <param name="rangeStart">Where its range begins; null when it says none.</param>
    /// <param name="have">Bytes already in the file.</param>
    public static ResumeStep Next(HttpStatusCode status, long? rangeStart, long have) =>
        status switch
        {
            HttpStatusCode.OK => ResumeStep.Restart,
            // Without a word about its range it can only be the one that was asked for; the size shows it in the end.
            HttpStatusCode.PartialContent when rangeStart is null || rangeStart == have => ResumeStep.Append,
            HttpStatusCode.PartialContent when rangeStart == 0 => ResumeStep.Restart,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ResumeStep.AskAgain,
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => ResumeStep.TryAgain,
            // What we have is no part of the object any more.
            HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PreconditionFailed => ResumeStep.TryAgain,
            HttpStatusCode.PartialContent => ResumeStep.TryAgain,
            >= HttpStatusCode.InternalServerError => ResumeStep.TryAgain,
            _ => ResumeStep.GiveUp,
        };
}
