namespace Trainyard.Orchestrations.Storing;

/// <summary>The model archive of a run, as its results bucket has it.</summary>
internal static class SubmittedCode
{
    /// <summary>Below the run's folder.</summary>
    public const string Path = "_submitted_code/model.zip";
}
