using Trainyard.Cli.Submission;
using YamlDotNet.Serialization;

namespace Trainyard.Cli.Tests;

public sealed class EnvReferencesTests
{
    [Theory]
    [InlineData("k: ${env:A}")]
    [InlineData("k: \"${env:A}\" # ${env:UNSET}")]
    [InlineData("k: '${env:A}'")]
    [InlineData("k: &anchor ${env:A}")]
    [InlineData("{k: \"${env:A}\"}")]
    public void A_value_keeps_every_character(string value)
    {
        foreach (
            var secret in (string[])
                ["plain", "a: b # c", "\"'\\", "tab\tand\nline", " spaces ", "*alias", "é🙂\u2028", "{[,]}", "null", ""]
        )
        {
            var expanded = Expand($"connection:\n  {value}\n", secret);

            Assert.Equal(secret, ReadConnection(expanded));
        }
    }

    [Fact]
    public void Lines_keep_their_numbers()
    {
        var expanded = Expand("connection:\n  k: one ${env:A}\n    two\n    three\nlast: here\n", "x");

        Assert.Equal("one x two three", ReadConnection(expanded));
        Assert.Equal("last: here", expanded.Split('\n')[4]);
    }

    [Theory]
    [InlineData("command: echo ${env:A}\n")]
    [InlineData("execution:\n  command: echo ${env:A}\n")]
    [InlineData("bucket: ${env:A}\n")]
    [InlineData("# ${env:A}\nname: x\n")]
    [InlineData("connection: [unclosed ${env:A}\n")]
    public void What_is_outside_connections_stays_as_it_is(string text) => Assert.Equal(text, Expand(text, "x"));

    [Fact]
    public void Blocks_and_lists_are_filled_in_too()
    {
        Assert.Equal("a x\nb\n", ReadConnection(Expand("connection:\n  k: |\n    a ${env:A}\n    b\n", "x")));
        Assert.Equal(
            "- connection:\n    k: \"x\"\n- signing_key: \"x\"\n",
            Expand("- connection:\n    k: ${env:A}\n- signing_key: ${env:A}\n", "x")
        );
    }

    private static string Expand(string text, string secret) =>
        EnvReferences.Expand(new ManifestFile("m.yaml", text), name => name == "A" ? secret : null);

    private static string ReadConnection(string yaml) =>
        new Deserializer().Deserialize<Connected>(yaml).Connection["k"];

    private sealed class Connected
    {
        [YamlMember(Alias = "connection")]
        public Dictionary<string, string> Connection { get; set; } = [];

        [YamlMember(Alias = "last")]
        public string? Last { get; set; }
    }
}
