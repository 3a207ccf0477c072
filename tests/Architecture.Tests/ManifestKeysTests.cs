using System.Text.Json;
using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests;

/// <summary>Every key of the manifest's schema has a test of its effect: <c>tests/corpus/manifest-keys.tsv</c> says which.</summary>
public sealed partial class ManifestKeysTests
{
    private static readonly IReadOnlyDictionary<string, string> Files = Repository.Read().Files;

    [Fact]
    public void Every_key_of_the_schema_is_in_the_table_and_no_other() =>
        Assert.Equal(Leaves(), Table().Select(row => row.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_key_names_a_test_that_exists_and_runs()
    {
        var tests = Tests();
        var missing = Table().Where(row => !tests.Contains(row.Proof));
        Assert.Empty(missing.Select(row => $"{row.Key}: there is no test {row.Proof}"));
    }

    [Fact]
    public void Every_key_of_an_experiment_names_a_test_that_exists_and_runs()
    {
        var tests = Tests();
        var rows = Table("tests/corpus/experiment-keys.tsv");
        Assert.NotEmpty(rows);
        Assert.Empty(rows.Where(row => !tests.Contains(row.Proof)).Select(row => $"{row.Key}: no test {row.Proof}"));
    }

    [Theory]
    [InlineData("[Fact]\n    public void It_is()", true)]
    [InlineData("[Theory]\n    [InlineData(1)]\n    public async Task It_is(int x)", true)]
    [InlineData("[Fact(Skip = \"later\")]\n    public void It_is()", false)]
    [InlineData("public void It_is()", false)]
    [InlineData("[Fact]\n    public void It_was()", false)]
    public void A_test_counts_when_it_is_run(string code, bool counts) =>
        Assert.Equal(counts, TestsOf($"public sealed class Kind\n{{\n\n    {code}\n}}").Contains("Kind.It_is"));

    private static List<(string Key, string Proof)> Table(string file = "tests/corpus/manifest-keys.tsv") =>
        [
            .. Files[file]
                .Split('\n')
                .Where(line => line.Length > 0 && line[0] != '#')
                .Select(line => line.Split('\t'))
                .Select(parts => (parts[0], parts[1])),
        ];

    private static HashSet<string> Tests() =>
        [
            .. Files
                .Where(file =>
                    file.Key.StartsWith("tests/", StringComparison.Ordinal)
                    && file.Key.EndsWith(".cs", StringComparison.Ordinal)
                )
                .SelectMany(file => TestsOf(file.Value)),
        ];

    // A test begins a paragraph.
    private static IEnumerable<string> TestsOf(string code)
    {
        var type = "";
        foreach (var paragraph in code.Split("\n\n"))
        {
            type = ClassLine().Match(paragraph) is { Success: true } line ? line.Groups["name"].Value : type;
            if (IsTest(paragraph))
            {
                yield return $"{type}.{MethodLine().Match(paragraph).Groups["name"].Value}";
            }
        }
    }

    private static bool IsTest(string paragraph) => TestMark().IsMatch(paragraph) && MethodLine().IsMatch(paragraph);

    private static IEnumerable<string> Leaves()
    {
        using var schema = JsonDocument.Parse(Files["docs/manifest.schema.json"]);
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        Collect(schema.RootElement, schema.RootElement, "", keys);
        return
        [
            .. keys.Where(key =>
                !keys.Any(other =>
                    other.StartsWith(key + ".", StringComparison.Ordinal)
                    || other.StartsWith(key + "[]", StringComparison.Ordinal)
                )
            ),
        ];
    }

    private static void Collect(JsonElement root, JsonElement node, string path, SortedSet<string> keys)
    {
        if (node.TryGetProperty("$ref", out var reference))
        {
            node = root.GetProperty("$defs").GetProperty(reference.GetString()!.Split('/')[^1]);
        }
        if (node.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                var key = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
                keys.Add(key);
                if (property.Value.ValueKind is JsonValueKind.Object)
                {
                    Collect(root, property.Value, key, keys);
                }
            }
        }
        foreach (var several in new[] { "oneOf", "anyOf", "allOf" })
        {
            if (node.TryGetProperty(several, out var list))
            {
                list.EnumerateArray().ToList().ForEach(one => Collect(root, one, path, keys));
            }
        }
        // What a list of groups holds is the groups' own.
        if (
            node.TryGetProperty("items", out var items)
            && items.ValueKind is JsonValueKind.Object
            && path.EndsWith("runtimes", StringComparison.Ordinal)
        )
        {
            Collect(root, items, path + "[]", keys);
        }
    }

    [GeneratedRegex(
        @"^(?:public |internal )(?:sealed |abstract |static |partial )*class (?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex ClassLine();

    [GeneratedRegex(@"^\s*\[\w*(?:Fact|Theory)(?:\((?!Skip)[^\n]*\))?\]$", RegexOptions.Multiline)]
    private static partial Regex TestMark();

    [GeneratedRegex(@"^\s*public (?:\w+ )*(?:Task|void) (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex MethodLine();
}
