using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Trainyard.Web.EndToEnd;

/// <summary>The page in a tab, and what it did that it should not have done.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly Uri _address;

    public Tab(IPage page, Uri address)
    {
        Page = page;
        _address = address;
        page.PageError += (_, error) => _complaints.Add($"error: {error}");
        page.Console += (_, message) => Hear(message);
        page.Request += (_, request) => See(request.Url);
        page.Dialog += (_, dialog) => _complaints.Add($"dialog: {dialog.Message}");
    }

    /// <summary>The charts of what a run's program measures.</summary>
    public const string Curves = "[aria-labelledby=section-metrics] figure";

    public IPage Page { get; }

    public ILocator Heading => Page.Locator("h1");

    public async Task SignIn(string key)
    {
        await Page.GotoAsync(_address.ToString());
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Heading).ToHaveTextAsync("Training runs");
    }

    /// <summary>A view by its address, as from a link.</summary>
    public Task Go(string view) => Page.EvaluateAsync("view => { location.hash = view }", "#/" + view);

    /// <summary>What is not accessible here, each with the places; nothing when all is.</summary>
    public async Task<IReadOnlyList<string>> Violations()
    {
        var result = await Page.RunAxe();
        Assert.NotEmpty(result.Passes);
        return
        [
            .. result.Violations.Select(violation =>
                $"{violation.Id}: {violation.Help} at {string.Join(", ", violation.Nodes.Select(node => node.Html))}"
            ),
        ];
    }

    /// <summary>How many pixels the page is wider than its window.</summary>
    public Task<int> TooWide() =>
        Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>No error, no breach of the content policy, no request to another host, no dialog of the browser.</summary>
    public void AssertQuiet() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    // A refusal that the page asks for and shows is also an error to the console; it names the status only.
    private void Hear(IConsoleMessage message)
    {
        if (
            message.Type is "error" or "warning"
            && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
        )
        {
            _complaints.Add($"{message.Type}: {message.Text}");
        }
    }

    private void See(string url)
    {
        var isOurs = url.StartsWith(_address.ToString(), StringComparison.Ordinal);
        if (!isOurs && !url.StartsWith("blob:", StringComparison.Ordinal))
        {
            _complaints.Add($"request: {url}");
        }
    }
}
