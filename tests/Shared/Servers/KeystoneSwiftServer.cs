using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Trainyard.Tests.Shared.Servers;

/// <summary>
/// A real Swift whose users are a real Keystone's, with a catalogue of two regions, of which the second has nobody: a
/// fixture that starts in about fifteen seconds and stops with its tests.
/// </summary>
public sealed class KeystoneSwiftServer : IAsyncLifetime
{
    public const string Domain = "yarders";
    public const string Region = "north";
    public const string DeadRegion = "south";

    // The distribution's own interpreter, to which the packages belong.
    private const string Python = "/usr/bin/python3";

    // Three programs of some seconds each, on a machine that may be busy.
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly TemporaryFolder _folder = new();
    private readonly List<ChildProcess> _processes = [];

    private readonly HttpClient _http = new();
    private Task<string>? _ownersToken;

    /// <summary>Why there can be no server here, or null.</summary>
    public static string? Missing { get; } =
        SwiftServer.Missing
        ?? Array
            .Find(
                [
                    ("keystone", "/usr/bin/keystone-manage"),
                    ("python3-keystonemiddleware", "/usr/lib/python3/dist-packages/keystonemiddleware"),
                ],
                package => !Path.Exists(package.Item2)
            )
            .Item1 switch
        {
            null => null,
            var package => $"{package} is not installed: tests/run installs it on Debian.",
        };

    /// <summary>Keystone's address, with its version.</summary>
    public Uri AuthUrl { get; private set; } = null!;

    public string ProjectId { get; private set; } = "";

    /// <summary>May do everything in the project.</summary>
    public KeystoneUser Owner { get; private set; } = null!;

    /// <summary>In the project, where it may do nothing.</summary>
    public KeystoneUser Stranger { get; private set; } = null!;

    /// <summary>The project's account in Swift.</summary>
    public Uri Account { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }
        var keystone = await StartAsync<KeystoneReady>("keystone_node.py");
        AuthUrl = new Uri($"http://127.0.0.1:{keystone.Port}/v3");
        var swift = await StartAsync<SwiftReady>("swift_node.py", AuthUrl.ToString(), keystone.Password);
        var token = await LogInAsync(
            "admin",
            "Default",
            keystone.Password,
            new JsonObject
            {
                ["name"] = "admin",
                ["domain"] = new JsonObject { ["id"] = "default" },
            }
        );
        _http.DefaultRequestHeaders.Add("X-Auth-Token", token);
        await FillCatalogueAsync(swift.Port);
        var domain = await MakeAsync("domain", new JsonObject { ["name"] = Domain });
        ProjectId = await MakeAsync("project", new JsonObject { ["name"] = "yard", ["domain_id"] = domain });
        Account = new Uri($"http://127.0.0.1:{swift.Port}/v1/AUTH_{ProjectId}");
        Owner = await MakeUserAsync("owner", domain, "admin");
        Stranger = await MakeUserAsync("stranger", domain, "reader");
    }

    /// <summary>A token of the owner's, the same for all tests.</summary>
    public Task<string> LogInAsync() =>
        _ownersToken ??= LogInAsync(Owner.Name, Domain, Owner.Password, new JsonObject { ["id"] = ProjectId });

    public async Task DisposeAsync()
    {
        _http.Dispose();
        foreach (var process in _processes)
        {
            process.CloseInput();
            await process.DisposeAsync();
        }
        _folder.Dispose();
    }

    private async Task<T> StartAsync<T>(string program, params string[] arguments)
    {
        await using (var source = Assembly.GetExecutingAssembly().GetManifestResourceStream(program)!)
        await using (var file = File.Create(_folder.File(program)))
        {
            await source.CopyToAsync(file);
        }
        var data = _folder.Folder(Path.GetFileNameWithoutExtension(program) + "_data");
        var process = ChildProcess.Start(
            Python,
            ["-B", _folder.File(program), data, .. arguments],
            workingDirectory: data
        );
        _processes.Add(process);
        var line = await process.WaitForLine(text => text.StartsWith('{'), StartsWithin);
        return JsonSerializer.Deserialize<T>(line, Json)!;
    }

    private async Task FillCatalogueAsync(int port)
    {
        var service = await MakeAsync("service", new JsonObject { ["type"] = "object-store", ["name"] = "swift" });
        foreach (var (region, at) in new[] { (Region, port), (DeadRegion, 9) })
        {
            await MakeAsync("region", new JsonObject { ["id"] = region });
            await MakeAsync(
                "endpoint",
                new JsonObject
                {
                    ["interface"] = "public",
                    ["region_id"] = region,
                    ["service_id"] = service,
                    ["url"] = $"http://127.0.0.1:{at}/v1/AUTH_%(project_id)s",
                }
            );
        }
    }

    private async Task<KeystoneUser> MakeUserAsync(string name, string domain, string role)
    {
        var password = Guid.NewGuid().ToString("N");
        var id = await MakeAsync(
            "user",
            new JsonObject
            {
                ["name"] = name,
                ["domain_id"] = domain,
                ["password"] = password,
            }
        );
        var roles = await _http.GetFromJsonAsync<JsonObject>($"{AuthUrl}/roles?name={role}");
        var roleId = (string)roles!["roles"]![0]!["id"]!;
        using var granted = await _http.PutAsync(
            new Uri($"{AuthUrl}/projects/{ProjectId}/users/{id}/roles/{roleId}"),
            null
        );
        granted.EnsureSuccessStatusCode();
        return new KeystoneUser(id, name, password);
    }

    private async Task<string> MakeAsync(string kind, JsonObject what)
    {
        using var answer = await PostAsync($"{kind}s", new JsonObject { [kind] = what });
        answer.EnsureSuccessStatusCode();
        var made = await answer.Content.ReadFromJsonAsync<JsonObject>();
        return (string)made![kind]!["id"]!;
    }

    private async Task<string> LogInAsync(string user, string domain, string password, JsonObject project)
    {
        var login = new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject
                    {
                        ["user"] = new JsonObject
                        {
                            ["name"] = user,
                            ["domain"] = new JsonObject { ["name"] = domain },
                            ["password"] = password,
                        },
                    },
                },
                ["scope"] = new JsonObject { ["project"] = project },
            },
        };
        using var answer = await PostAsync("auth/tokens", login);
        answer.EnsureSuccessStatusCode();
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }

    // With its length in front: the server that Keystone runs in here takes no chunks.
    private async Task<HttpResponseMessage> PostAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            return await _http.PostAsync(new Uri($"{AuthUrl}/{path}"), content);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"Keystone did not answer POST {path}. {WhatKeystoneSays()}", e);
        }
    }

    // Its log alone doesn't say that it has ended, nor what its threads died of.
    private string WhatKeystoneSays()
    {
        var keystone = _processes[0];
        var file = Path.Combine(_folder.Path, "keystone_node_data", "keystone.log");
        var log = File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(10)) : "(there is none)";
        return $"{(keystone.HasExited ? "It has ended" : "It still runs")}. Its errors end so:\n"
            + $"{string.Join('\n', keystone.ErrorLines.TakeLast(30))}\nIts log ends so:\n{log}";
    }

    private sealed record KeystoneReady(int Port, string Password);

    private sealed record SwiftReady(int Port);
}

/// <summary>A user of a <see cref="KeystoneSwiftServer"/>.</summary>
public sealed record KeystoneUser(string Id, string Name, string Password);
