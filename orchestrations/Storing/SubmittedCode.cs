namespace Trainyard.Orchestrations.Storing;

/// <summary>The model archive of a run in its results bucket.</summary>
internal static class SubmittedCode
{
    /// <summary>The path, relative to the run's folder.</summary>
    public const string Path = "_submitted_code/model.zip";
}
