using System.Diagnostics;
using System.Text;
using Trainyard.Runtime.Triggers.Blobs;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Triggers;

/// <summary>Between the look at a file and its opening, something else may have come into its place.</summary>
public sealed class BlobContentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string PathOfFile => _folder.File("drop.zip");

    [Theory]
    [InlineData("pipe")]
    [InlineData("link")]
    [InlineData("folder")]
    [InlineData("nothing")]
    public async Task What_is_no_file_any_more_counts_as_gone_at_once(string what)
    {
        Make(what);

        var gone = await Assert.ThrowsAsync<FileNotFoundException>(() =>
            Task.Run(() => BlobContent.OpenAsync(PathOfFile, typeof(Stream), CancellationToken.None))
                .WaitAsync(TimeSpan.FromSeconds(30))
        );

        Assert.Equal(PathOfFile, gone.FileName);
    }

    [Fact]
    public async Task A_file_is_given_as_the_parameter_wants_it()
    {
        _folder.Write("drop.zip", "content");

        await using var stream = (Stream)await OpenAsync(typeof(Stream));
        Assert.Equal("content", await new StreamReader(stream).ReadToEndAsync());
        Assert.Equal("content", await OpenAsync(typeof(string)));
        Assert.Equal("content", Encoding.UTF8.GetString((byte[])await OpenAsync(typeof(byte[]))));
    }

    public void Dispose() => _folder.Dispose();

    private Task<object> OpenAsync(Type type) => BlobContent.OpenAsync(PathOfFile, type, CancellationToken.None);

    private void Make(string what)
    {
        switch (what)
        {
            case "pipe":
                using (var made = Process.Start("mkfifo", [PathOfFile]))
                {
                    made.WaitForExit();
                }

                Assert.True(File.Exists(PathOfFile), "There is no pipe.");
                break;
            case "link":
                _folder.Write("other.zip", "content");
                File.CreateSymbolicLink(PathOfFile, _folder.File("other.zip"));
                break;
            case "folder":
                Directory.CreateDirectory(PathOfFile);
                break;
            default:
                break;
        }
    }
}
