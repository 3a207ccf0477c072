using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>What no agent says: refused with a sentence, and neither the service nor the lease take harm.</summary>
public sealed class HostileAgentsTests : IAsyncLifetime
{
    private const string Facts =
        """{"cpus":1,"memory_bytes":1000000000,"pythons":[{"program":"python3","version":"3.12.1"}],"cpu_stand_in":true}""";

    private const string Offer =
        $$"""{"node":"n","pool":"default","gpus":0,"slots":1,"facts":{{Facts}},"free_slots":1}""";

    private const string Report = """
        {"outcome":"succeeded","exit_code":0,"leased_at":"2026-01-01T00:00:00Z","finished_at":"2026-01-01T00:00:01Z",
         "command_seconds":1,"staged_files":0,"staged_bytes":0}
        """;

    private readonly Model _model = new();
    private Service _service = null!;
    private HttpClient _node = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(("Pool__StartAgent", "false"));
        await File.WriteAllTextAsync(Path.Combine(_service.Bucket("data"), "input.txt"), "x\n");
        _ = _service.Bucket("results");
        _node = new HttpClient { BaseAddress = _service.Address };
    }

    public async Task DisposeAsync()
    {
        _node.Dispose();
        await _service.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task Questions_for_work_that_make_no_sense_are_refused()
    {
        await AuthorizeAsPoolAsync();
        foreach (var (from, to) in OfferChanges())
        {
            var body = $$"""{"offer":{{Offer}},"wait_seconds":0}""";
            await IsRefusedAsync(AgentRoutes.Leases, Changed(body, from, to));
        }
        await IsTooLongAsync(AgentRoutes.Leases, Changed(Offer, "\"n\"", Text(10_000_000)));

        using var right = await SendAsync(AgentRoutes.Leases, $$"""{"offer":{{Offer}},"wait_seconds":0}""");
        Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
    }

    [Fact]
    public async Task Reports_that_make_no_sense_are_refused_and_the_lease_stays()
    {
        var task = await LeaseAsync();
        var attempt = AgentRoutes.Attempt(task.RunId, task.Attempt) + "/";

        foreach (var (from, to) in ReportChanges())
        {
            await IsRefusedAsync(attempt + AgentRoutes.Completion, Changed(Report, from, to));
        }
        await IsTooLongAsync(
            attempt + AgentRoutes.Completion,
            Changed(Report, "{", $"{{\"message\":{Text(10_000_000)},")
        );
        foreach (var body in PhaseReports())
        {
            await IsRefusedAsync(attempt + AgentRoutes.Phase, body);
        }
        foreach (var body in Commits())
        {
            await IsRefusedAsync(attempt + AgentRoutes.Checkpoint, body);
        }
        foreach (var body in Uploads())
        {
            await IsRefusedAsync(attempt + AgentRoutes.Uploads, body);
            await IsRefusedAsync(attempt + AgentRoutes.BucketUploads, body);
        }
        foreach (var body in BucketCommits())
        {
            await IsRefusedAsync(attempt + AgentRoutes.BucketCommits, body);
        }
        foreach (var offset in new[] { "-1", "NaN", "9223372036854775808", "" })
        {
            await IsRefusedAsync($"{attempt}{AgentRoutes.Log}?offset={offset}", "x");
        }

        await GroupsAreRefusedAsync(attempt + AgentRoutes.StagingGroup);

        using var heartbeat = await SendAsync(attempt + AgentRoutes.Heartbeat, "");
        Assert.Equal(HttpStatusCode.OK, heartbeat.StatusCode);
        using var completion = await SendAsync(
            attempt + AgentRoutes.Completion,
            Changed(Report, "{", $"{{\"message\":{Text(100_000)},").Replace("succeeded", "node_failed")
        );
        Assert.Equal(HttpStatusCode.NoContent, completion.StatusCode);
        var run = await _service.WaitForEnd($"{task.RunId}");
        Assert.Equal("node_failed", run.Entity.Status.Reason?.Code);
        Assert.InRange(run.Entity.Status.Reason!.Message.Length, 2000, 2100);
    }

    [Fact]
    public async Task What_an_agent_says_of_its_download_is_the_run_s_reason_and_is_bounded()
    {
        var task = await LeaseAsync();
        var phase = AgentRoutes.Attempt(task.RunId, task.Attempt) + "/" + AgentRoutes.Phase;
        const string report = """{"phase":"downloading","at":"2026-01-01T00:00:00Z","progress":"1 of 2 objects"}""";

        using var told = await SendAsync(phase, report);
        var run = await _service.WaitForRun($"{task.RunId}", r => r.Entity.Status.Reason is not null, "has a reason");
        using var much = await SendAsync(phase, Changed(report, "\"1 of 2 objects\"", Text(100_000)));
        var after = await _service.WaitForRun(
            $"{task.RunId}",
            r => r.Entity.Status.Reason?.Message != "1 of 2 objects",
            "has another reason"
        );

        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        Assert.Equal("downloading", run.Entity.Status.Reason!.Code);
        Assert.Equal("1 of 2 objects", run.Entity.Status.Reason.Message);
        Assert.InRange(after.Entity.Status.Reason!.Message.Length, 2000, 2100);
    }

    private async Task GroupsAreRefusedAsync(string route)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData("x"u8));
        GroupedFile Of(string path, string hash) =>
            new()
            {
                Path = path,
                Bytes = 1,
                Sha256 = hash,
            };
        var none = FileGroup.Head([]);
        var outside = FileGroup.Head([Of("a", sha256), Of("../b", sha256)]);
        var other = FileGroup.Head([Of("a", sha256), Of("b", new string('0', 64))]);
        var right = FileGroup.Head([Of("a", sha256), Of("b", sha256)]);

        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(route, none, ""));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(route, right[..9], ""));
        Assert.Equal(HttpStatusCode.BadRequest, await PutAsync(route, outside, "xx"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PutAsync(route, other, "xx"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PutAsync(route, right, "x"));
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(route, right, "xx"));
    }

    private async Task<HttpStatusCode> PutAsync(string route, byte[] head, string contents)
    {
        using var body = new ByteArrayContent([.. head, .. Encoding.ASCII.GetBytes(contents)]);
        using var answer = await _node.PutAsync(new Uri(route, UriKind.Relative), body);
        return answer.StatusCode;
    }

    private static IEnumerable<string> BucketCommits()
    {
        const string part = """{"checksum":"x","md5":"00000000000000000000000000000000"}""";
        var hash = new string('0', 64);
        foreach (var parts in new[] { "null", "[]", "[null]", "[{}]", "{}", part, $"[{part.Replace("00", "zz")}]" })
        {
            yield return $$"""{"path":"a","bytes":1,"sha256":"{{hash}}","parts":{{parts}}}""";
        }
        foreach (var sha256 in new[] { "", "x", hash + "0", hash[1..] + "A" })
        {
            yield return $$"""{"path":"a","bytes":1,"sha256":"{{sha256}}","parts":[{{part}}]}""";
        }
        yield return $$"""{"path":"a","bytes":1,"sha256":"{{hash}}","parts":[{{part.Replace("x", new string('x', 257))}}]}""";
    }

    private static IEnumerable<(string From, string To)> OfferChanges()
    {
        foreach (var number in new[] { "-1", "1e999", "NaN", "\"NaN\"", "61", "null", "[]" })
        {
            yield return ("\"wait_seconds\":0", $"\"wait_seconds\":{number}");
        }
        foreach (var number in new[] { "-1", "4097", "99999999999", "1.5", "null" })
        {
            yield return ("\"slots\":1", $"\"slots\":{number}");
            yield return ("\"gpus\":0", $"\"gpus\":{number}");
        }
        yield return ("\"free_slots\":1", "\"free_slots\":2");
        yield return ("\"free_slots\":1", "\"free_slots\":-1");
        foreach (var name in new[] { "null", "\"\"", "\"a b\"", "\"\\u202e\"", "\"\\n\"", Text(101), "{}" })
        {
            yield return ("\"node\":\"n\"", $"\"node\":{name}");
            yield return ("\"pool\":\"default\"", $"\"pool\":{name}");
        }
        foreach (var list in new[] { "null", "[null]", "[{}]", "[{\"run_id\":\"training-123456789\",\"attempt\":-1}]" })
        {
            yield return ("{\"node\"", $"{{\"holds\":{list},\"node\"");
        }
        foreach (var list in new[] { "null", "[null]", "[1]", "[\"a b\"]" })
        {
            yield return ("{\"node\"", $"{{\"unlimited\":{list},\"node\"");
        }
        yield return ("{\"node\"", "{\"sandbox\":\"\",\"node\"");
        yield return ("{\"offer\"", "[{\"offer\"");
    }

    private static IEnumerable<(string From, string To)> ReportChanges()
    {
        foreach (var outcome in new[] { "99", "\"99\"", "\"\"", "null", "-1", "0", "\"won\"" })
        {
            yield return ("\"succeeded\"", outcome);
        }
        foreach (var code in new[] { "-1", "256", "2147483648", "0.5", "\"0\"" })
        {
            yield return ("\"exit_code\":0", $"\"exit_code\":{code}");
        }
        foreach (var number in new[] { "-0.1", "1e999", "NaN", "\"NaN\"", "\"Infinity\"", "null" })
        {
            yield return ("\"command_seconds\":1", $"\"command_seconds\":{number}");
        }
        foreach (var number in new[] { "-1", "1e999", "\"1\"" })
        {
            yield return ("\"command_seconds\":1", $"\"cpu_seconds\":{number}");
            yield return ("\"command_seconds\":1", $"\"peak_memory_bytes\":{number}");
            yield return ("\"staged_files\":0", $"\"staged_files\":{number}");
            yield return ("\"staged_bytes\":0", $"\"staged_bytes\":{number}");
        }
        foreach (var time in new[] { "\"9999-12-31T23:59:59Z\"", "\"yesterday\"", "1767225600", "null" })
        {
            yield return ("\"2026-01-01T00:00:00Z\"", time);
            yield return ("\"2026-01-01T00:00:01Z\"", time);
        }
        yield return ("\"exit_code\":0", "\"started_at\":\"9999-12-31T23:59:59Z\"");
        yield return ("{\"outcome\"", $"{{\"image_digest\":{Text(201)},\"outcome\"");
        yield return ("{\"outcome\"", "{\"message\":null,\"outcome\"");
        yield return ("{\"outcome\"", "{\"message\":[],\"outcome\"");
    }

    private static string[] PhaseReports() =>
        [
            """{"phase":"completed","at":"2026-01-01T00:00:00Z"}""",
            """{"phase":99,"at":"2026-01-01T00:00:00Z"}""",
            """{"phase":null,"at":"2026-01-01T00:00:00Z"}""",
            """{"phase":"processing","at":"9999-12-31T23:59:59Z"}""",
            """{"phase":"processing"}""",
            "",
            "null",
            "[",
        ];

    private static string[] Commits() =>
        [
            """{"files":null}""",
            """{"files":[]}""",
            """{"files":[null]}""",
            """{"files":[{}]}""",
            FileOf("../a", 1),
            FileOf("", 1),
            FileOf("a", -1),
            $$"""{"files":[{{string.Join(',', Enumerable.Repeat("null", 10_001))}}]}""",
        ];

    private static string FileOf(string path, long bytes) =>
        $$"""{"files":[{"path":"{{path}}","bytes":{{bytes}},"sha256":"{{new string('0', 64)}}","modified_at":"2026-01-01T00:00:00Z"}]}""";

    private static string[] Uploads() =>
        [
            """{"path":"a","bytes":-1}""",
            """{"path":"a","bytes":1e999}""",
            """{"path":"a","bytes":9223372036854775807}""",
            """{"path":null,"bytes":1}""",
            """{"path":"../a","bytes":1}""",
            $$"""{"path":{{Text(5000)}},"bytes":1}""",
        ];

    private static string Text(int length) => $"\"{new string('x', length)}\"";

    private static string Changed(string body, string from, string to)
    {
        Assert.Contains(from, body);
        var at = body.IndexOf(from, StringComparison.Ordinal);
        return body[..at] + to + body[(at + from.Length)..];
    }

    private async Task<HttpResponseMessage> SendAsync(string route, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _node.PostAsync(new Uri(route, UriKind.Relative), content);
    }

    private Task IsRefusedAsync(string route, string body) => IsRefusedAsync(HttpStatusCode.BadRequest, route, body);

    private Task IsTooLongAsync(string route, string body) =>
        IsRefusedAsync(HttpStatusCode.RequestEntityTooLarge, route, body);

    private async Task IsRefusedAsync(HttpStatusCode status, string route, string body)
    {
        using var answer = await SendAsync(route, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(
            answer.StatusCode == status,
            $"{(int)answer.StatusCode} to {body[..Math.Min(300, body.Length)]}: {text}"
        );
        var problem = JsonSerializer.Deserialize<Problem>(text, WireJson.Options)!;
        Assert.EndsWith(".", problem.Detail);
    }

    private async Task AuthorizeAsPoolAsync()
    {
        var key = await File.ReadAllTextAsync(Path.Combine(_service.Home, "agent", "pool.key"));
        _node.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
    }

    private async Task<NodeTask> LeaseAsync()
    {
        var manifest = await File.ReadAllTextAsync(_model.Manifest("true")) + "\nretries:\n  system_error: 0\n";
        using var client = _service.Client();
        using var parts = new MultipartFormDataContent
        {
            { new ByteArrayContent(_model.Zip()), "model_definition", "model.zip" },
            { new StringContent(manifest), "manifest", "train.yaml" },
        };
        using var submitted = await client.PostAsync(new Uri("v3/models", UriKind.Relative), parts);
        Assert.Equal(HttpStatusCode.Accepted, submitted.StatusCode);
        await AuthorizeAsPoolAsync();
        using var leased = await SendAsync(AgentRoutes.Leases, $$"""{"offer":{{Offer}},"wait_seconds":20}""");
        var task = (await leased.Content.ReadFromJsonAsync<NodeTask>(WireJson.Options))!;
        _node.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", task.LeaseToken);
        return task;
    }
}
