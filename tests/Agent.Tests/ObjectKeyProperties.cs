using FsCheck;
using FsCheck.Fluent;
using Trainyard.Agent.Transfers;

namespace Trainyard.Agent.Tests;

/// <summary>Whatever a bucket's keys are, their files lie below the data folder, each at its own place.</summary>
public sealed class ObjectKeyProperties
{
    private static readonly Gen<string> Keys = Gen.Elements(
            "a",
            "b",
            ".",
            "..",
            "/",
            "//",
            "\0",
            "\n",
            "\\",
            "é",
            "\ud800",
            " ",
            "..."
        )
        .ListOf()
        .Select(parts => string.Concat(parts));

    [Fact]
    public void A_path_never_leaves_the_folder_and_says_the_key_as_it_is() =>
        Prop.ForAll(
                Keys.ToArbitrary(),
                key =>
                {
                    var path = ObjectKey.ToPath(key);
                    if (path is null)
                    {
                        return true;
                    }
                    var full = Path.GetFullPath(Path.Combine("/srv/data", path));
                    return full == "/srv/data/" + key && !key.Any(char.IsControl);
                }
            )
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("a")]
    [InlineData("a/b.c/d e")]
    [InlineData("..a/b..")]
    [InlineData("back\\slash")]
    [InlineData("ünïcode/\u65e5")]
    public void Ordinary_keys_are_paths(string key) => Assert.Equal(key, ObjectKey.ToPath(key));

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/..")]
    [InlineData("a\tb")]
    [InlineData("a/")]
    public void Keys_that_name_no_file_are_none(string key) => Assert.Null(ObjectKey.ToPath(key));

    [Fact]
    public void A_name_of_more_than_255_bytes_is_none()
    {
        Assert.NotNull(ObjectKey.ToPath(new string('x', 255)));
        Assert.Null(ObjectKey.ToPath(new string('ü', 128)));
    }
}
