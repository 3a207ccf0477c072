using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Excerpts;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Tests;

public sealed class CorpusTests
{
    public static TheoryData<string> Manifests => [.. Corpus.Names];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Each_manifest_gives_what_its_approved_file_says(string name)
    {
        var approved = Path.Combine(Corpus.Folder, $"{name}.approved.txt");
        var actual = Corpus.Describe(ManifestParser.Parse(Corpus.Bytes(name)));
        if (Environment.GetEnvironmentVariable("TRAINYARD_APPROVE") == "1")
        {
            File.WriteAllText(approved, actual);
        }

        Assert.Equal(File.ReadAllText(approved), actual);
    }

    [Fact]
    public void No_approved_file_is_left_without_its_manifest() =>
        Assert.Equal(
            Corpus.Names.Select(n => $"{n}.approved.txt"),
            Directory
                .EnumerateFiles(Corpus.Folder, "*.approved.txt")
                .Select(f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Every_code_of_an_error_or_warning_is_in_some_approved_file()
    {
        var approved = string.Concat(
            Directory.EnumerateFiles(Corpus.Folder, "*.approved.txt").Select(File.ReadAllText)
        );
        var codes = typeof(ManifestCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!);
        Assert.All(codes, code => Assert.Contains($" {code} [", approved));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void The_canonical_form_parses_to_itself(string name)
    {
        var first = ManifestParser.Parse(Corpus.Bytes(name));
        if (!first.IsValid)
        {
            return;
        }

        var canonical = CanonicalManifest.Write(first.Manifest, first.Secrets);
        var second = ManifestParser.Parse(canonical, mode: ManifestParseMode.Offline);

        Assert.Empty(second.Errors);
        Assert.Equal(canonical, CanonicalManifest.Write(second.Manifest!, second.Secrets));
        // The canonical form has the catalogue's version, whatever the manifest called it.
        var canonicalised = first.Manifest with
        {
            Framework = first.Manifest.Framework with { Asked = null },
        };
        Assert.Equal(Json.Of(canonicalised), Json.Of(second.Manifest!));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void No_secret_is_in_a_problem_or_an_excerpt_or_the_canonical_form(string name)
    {
        string[] secrets =
        [
            "reader-secret",
            "reader-key",
            "writer-secret",
            "bird/secret",
            "swift pass",
            "lab-secret",
            "hidden",
            "hush",
            "temporary-token",
            "webhook signing",
            "c2VjcmV0",
            "signs-reader",
            "another",
            "my secret!",
        ];
        var bytes = Corpus.Bytes(name);
        var result = ManifestParser.Parse(bytes);
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var shown =
            Corpus.Describe(result)
            + string.Concat(result.Errors.Concat(result.Warnings).Select(p => ProblemExcerpt.Render(text, p)))
            + (result.IsValid ? Json.Of(result.Manifest) : "");

        Assert.All(secrets, secret => Assert.DoesNotContain(secret, shown));
    }
}
