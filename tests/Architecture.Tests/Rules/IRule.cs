namespace Trainyard.Architecture.Tests.Rules;

/// <summary>One thing that must hold for the whole repository.</summary>
internal interface IRule
{
    /// <summary>One sentence for each place where it does not hold.</summary>
    IEnumerable<string> Broken(Repository repository);
}
