using System.Globalization;
using System.Reflection;
using Trainyard.Manifests.Archives;
using Trainyard.Manifests.Archives.Problems;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Text;

namespace Trainyard.Manifests.Tests;

/// <summary>docs/manifest.md says what the code does.</summary>
public sealed class ManifestPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Corpus.Root(), "docs", "manifest.md"));

    public static TheoryData<string> Codes =>
        [
            .. new[] { typeof(ManifestCodes), typeof(ArchiveCodes) }
                .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
                .Select(f => (string)f.GetRawConstantValue()!),
        ];

    [Theory]
    [MemberData(nameof(Codes))]
    public void It_lists_every_code(string code) => Assert.Contains($"`{code}`", Page);

    [Fact]
    public void It_lists_every_limit_with_its_default()
    {
        var limits = Limits(ManifestLimits.SectionName, new ManifestLimits())
            .Concat(Limits(ArchiveLimits.SectionName, new ArchiveLimits()));
        Assert.All(limits, row => Assert.Matches($@"\| `{row.Name}` \|[^|]+\| {row.Value} \|", Page));
    }

    [Fact]
    public void It_lists_every_compute_configuration_with_its_numbers() =>
        Assert.All(
            ComputeConfigurations.All,
            c =>
                Assert.Contains(
                    $"| `{c.Name}` | {c.Gpus} | {c.Cpus} | {SizeText.Write(c.MemoryBytes)} | {c.GpuType ?? "any"} |",
                    Page
                )
        );

    [Fact]
    public void Its_example_is_valid()
    {
        var start = Page.IndexOf("```yaml\n", StringComparison.Ordinal) + 8;
        var example = Page[start..Page.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.Empty(ManifestParser.Parse(example, mode: ManifestParseMode.Offline).Errors);
    }

    private static IEnumerable<(string Name, string Value)> Limits(string section, object limits) =>
        limits
            .GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => ($"{section}__{p.Name}", Text(p.GetValue(limits))));

    private static string Text(object? value) =>
        value is TimeSpan ? $"`{value}`" : string.Format(CultureInfo.InvariantCulture, "{0:N0}", value);
}
