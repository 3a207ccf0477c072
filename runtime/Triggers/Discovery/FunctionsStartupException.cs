namespace Trainyard.Runtime.Triggers.Discovery;

/// <summary>The app's functions cannot be run as they are written; names every mistake found.</summary>
internal sealed class FunctionsStartupException(IReadOnlyList<string> mistakes)
    : InvalidOperationException(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
