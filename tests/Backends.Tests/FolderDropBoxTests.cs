using System.Diagnostics;
using System.Text;
using Trainyard.Backends.Drops;

namespace Trainyard.Backends.Tests;

/// <summary>The drop folder may be open to its owner, who may put anything there.</summary>
public sealed class FolderDropBoxTests : IDisposable
{
    private const string Jean = "jean";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("drops-");

    private string Folder => Path.Combine(_root.FullName, Jean);

    private FolderDropBox Box => new(_root.FullName);

    public FolderDropBoxTests() => Directory.CreateDirectory(Folder);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_file_is_opened_with_its_time_and_listed()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "a.YAML"), "name: x");

        await using var file = await Box.OpenAsync(Jean, "a.YAML", default);

        Assert.Equal("name: x", await new StreamReader(file!.Content).ReadToEndAsync());
        var listed = Assert.Single(await Box.ListAsync(null, default).ToListAsync());
        Assert.Equal((Jean, "a.YAML", file.ModifiedAt), (listed.Folder, listed.Name, listed.ModifiedAt));
        Assert.Empty(await Box.ListAsync("jea", default).ToListAsync());
    }

    [Theory]
    [InlineData("mkfifo it")]
    [InlineData("ln -s /etc/hostname it")]
    [InlineData("ln -s /dev/zero it")]
    [InlineData("mkdir it")]
    [InlineData("touch it")]
    [InlineData("true")]
    public async Task What_is_no_file_with_content_is_not_there_and_never_waited_for(string make)
    {
        await ShellAsync(make);

        Assert.Null(await Box.OpenAsync(Jean, "it", default).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task An_answer_replaces_a_link_and_what_it_leads_to_stays()
    {
        var other = Path.Combine(_root.FullName, "other");
        await File.WriteAllTextAsync(other, "mine");
        await ShellAsync($"ln -s {other} v.run.json; ln -s {other} .v.run.json.part");

        await Box.AnswerAsync(Jean, "v.run.json", Encoding.UTF8.GetBytes("answer"), default);

        Assert.Equal("mine", await File.ReadAllTextAsync(other));
        Assert.Null(new FileInfo(Path.Combine(Folder, "v.run.json")).LinkTarget);
        Assert.Equal("answer", await File.ReadAllTextAsync(Path.Combine(Folder, "v.run.json")));
        Assert.Equal(["v.run.json"], (await Box.ListAsync(Jean, default).ToListAsync()).Select(f => f.Name));
    }

    [Fact]
    public async Task An_answer_that_cannot_be_put_there_leaves_nothing()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "v.run.json"));

        await Assert.ThrowsAnyAsync<Exception>(() => Box.AnswerAsync(Jean, "v.run.json", new byte[1], default));

        Assert.Empty(Directory.EnumerateFiles(Folder));
    }

    [Fact]
    public async Task Taking_an_answer_away_twice_is_no_mistake()
    {
        await Box.AnswerAsync(Jean, "v.problem.json", new byte[1], default);
        await Box.RemoveAsync(Jean, "v.problem.json", default);
        await Box.RemoveAsync(Jean, "v.problem.json", default);
        Assert.Empty(await Box.ListAsync(Jean, default).ToListAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../other/train.yaml")]
    public async Task What_is_no_file_name_is_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Box.OpenAsync(Jean, name, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Box.OpenAsync(name, "a", default));
    }

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = Folder })!;
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }
}
