namespace Trainyard.Architecture.Tests.Rules;

/// <summary>No source file of the product is longer than 400 lines: long before that it holds more than one thing.</summary>
internal sealed class FileLengthRule : IRule
{
    private const int Longest = 400;

    public IEnumerable<string> Broken(Repository repository) =>
        from file in repository.ProductSources
        let lines = file.Value.AsSpan().Count('\n')
        where lines > Longest
        select $"{file.Key} has {lines} lines, more than {Longest}.";
}
