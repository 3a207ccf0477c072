using Microsoft.Playwright;

namespace Trainyard.Web.EndToEnd;

/// <summary>The Chromium of the system, without a window.</summary>
internal sealed class Browser : IAsyncDisposable
{
    // The machine may be busy with other builds; a page that hangs still ends its test.
    private const float PatienceMilliseconds = 60_000;

    private static readonly string[] Places =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Why there is no browser to test with; null when there is one.</summary>
    public static string? Missing { get; } =
        Array.Exists(Places, File.Exists) ? null : "No Chromium is installed (tests/install-packages).";

    public static async Task<Browser> Start()
    {
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Array.Find(Places, File.Exists),
                // Root may not use the browser's own sandbox; it sees nothing here but our page.
                Args = ["--no-sandbox", "--disable-dev-shm-usage"],
            }
        );
        return new Browser(playwright, browser);
    }

    /// <summary>A tab of its own, with a storage of its own.</summary>
    public async Task<Tab> Open(Uri address, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = address.ToString(),
                ColorScheme = scheme,
                ReducedMotion = ReducedMotion.Reduce,
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                AcceptDownloads = true,
            }
        );
        context.SetDefaultTimeout(PatienceMilliseconds);
        return new Tab(await context.NewPageAsync(), address);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
