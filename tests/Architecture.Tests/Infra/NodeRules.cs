using System.Text;
using System.Text.RegularExpressions;
using Trainyard.Architecture.Tests.Rules;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Trainyard.Architecture.Tests.Infra;

/// <summary>
/// The cloud-init file is YAML, every place in it is filled by the pool's module with an existing file, and the whole is
/// small enough for Azure.
/// </summary>
internal sealed partial class CloudInitRule : IRule
{
    private const string Folder = "infra/agent/";
    private const int AzuresLimit = 64 * 1024;

    public IEnumerable<string> Broken(Repository repository)
    {
        if (!repository.Files.TryGetValue(Folder + "cloud-init.yaml", out var text))
        {
            return [];
        }

        var pool = repository.Files.GetValueOrDefault("infra/modules/pool.bicep") ?? "";
        var complaints = Form(text).ToList();
        foreach (var place in Place().Matches(text).Select(match => match.Groups["name"].Value))
        {
            if (!pool.Contains($"place: '{{{{{place}}}}}'"))
            {
                complaints.Add($"cloud-init.yaml keeps a place for {place}, which pool.bicep does not fill.");
            }

            if (repository.Files.TryGetValue(Folder + place, out var content))
            {
                text = text.Replace($"{{{{{place}}}}}", Convert.ToBase64String(Encoding.UTF8.GetBytes(content)));
            }
            else if (place != "node.env")
            {
                complaints.Add($"cloud-init.yaml keeps a place for {place}, which is no file of {Folder}.");
            }
        }

        if (text.Length > AzuresLimit)
        {
            complaints.Add($"cloud-init.yaml is {text.Length} bytes when filled; Azure takes {AzuresLimit}.");
        }

        return complaints;
    }

    private static IEnumerable<string> Form(string text)
    {
        if (!text.StartsWith("#cloud-config\n"))
        {
            yield return "cloud-init.yaml does not begin with #cloud-config.";
        }

        if (Document(text) is not YamlMappingNode { Children: var document })
        {
            yield return "cloud-init.yaml is no YAML mapping.";
            yield break;
        }

        if (!document.TryGetValue("write_files", out var files) || files is not YamlSequenceNode sequence)
        {
            yield return "cloud-init.yaml writes no files.";
            yield break;
        }

        foreach (var file in sequence.Children.Cast<YamlMappingNode>())
        {
            if (!new[] { "path", "permissions", "encoding", "content" }.All(key => file.Children.ContainsKey(key)))
            {
                yield return $"cloud-init.yaml: the file {file} lacks something.";
            }
        }
    }

    private static YamlNode? Document(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [{ RootNode: var root }] ? root : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\{\{(?<name>[\w.-]+)\}\}")]
    private static partial Regex Place();
}

/// <summary>The units are well formed, and the agent's is as strict as its sandbox allows and no stricter.</summary>
internal sealed partial class UnitsRule : IRule
{
    private static readonly string[] AgentNeeds =
    [
        "Restart=always",
        "User=trainyard",
        "KillMode=mixed",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "OOMPolicy=continue",
        "Requires=trainyard-firewall.service",
    ];

    // Each of them takes away what bubblewrap or a GPU program needs; the unit says which.
    private static readonly string[] AgentBreaksWith =
    [
        "RestrictNamespaces",
        "PrivateUsers",
        "ProtectKernelTunables",
        "ProtectProc",
        "ProtectHostname",
        "PrivateDevices",
        "DevicePolicy",
        "ProtectClock",
        "MemoryDenyWriteExecute",
    ];

    public IEnumerable<string> Broken(Repository repository) =>
        from file in repository.Files
        where file.Key.StartsWith("infra/agent/") && (file.Key.EndsWith(".service") || file.Key.EndsWith(".timer"))
        from complaint in Form(file.Key, file.Value).Concat(Agent(file.Key, file.Value))
        select $"{file.Key} {complaint}";

    private static IEnumerable<string> Form(string path, string text)
    {
        var lines = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        foreach (var line in lines.Where(line => !Section().IsMatch(line) && !Setting().IsMatch(line)))
        {
            yield return $"has a line that is neither section nor setting: {line}";
        }

        if (lines is not ["[Unit]", ..])
        {
            yield return "does not begin with [Unit].";
        }

        var own = path.EndsWith(".timer") ? "[Timer]" : "[Service]";
        if (!lines.Contains(own))
        {
            yield return $"has no section {own}.";
        }
    }

    private static IEnumerable<string> Agent(string path, string text)
    {
        if (!path.EndsWith("/trainyard-agent.service"))
        {
            return [];
        }

        var lines = text.Split('\n').ToHashSet();
        return
        [
            .. AgentNeeds.Where(need => !lines.Contains(need)).Select(need => $"does not say {need}."),
            .. AgentBreaksWith
                .Where(option => lines.Any(line => line.StartsWith(option + "=")))
                .Select(option => $"says {option}, with which no run would start."),
        ];
    }

    [GeneratedRegex(@"^\[[A-Z]\w+\]$")]
    private static partial Regex Section();

    [GeneratedRegex(@"^[A-Z]\w+=.*$")]
    private static partial Regex Setting();
}

/// <summary>host.json fits both hosts: it is JSON, and its durable settings are those that Azure needs.</summary>
internal sealed class HostJsonRule : IRule
{
    private static readonly string[] Needed =
    [
        "logging/logLevel/Azure",
        "extensions/http/routePrefix",
        "extensions/durableTask/hubName",
        "extensions/durableTask/maxConcurrentActivityFunctions",
        "extensions/durableTask/maxConcurrentOrchestratorFunctions",
        "extensions/durableTask/storageProvider/type",
        "extensions/durableTask/storageProvider/connectionName",
        "extensions/durableTask/storageProvider/partitionCount",
        "extensions/durableTask/storageProvider/maxQueuePollingInterval",
        "extensions/durableTask/storageProvider/controlQueueVisibilityTimeout",
        "extensions/durableTask/storageProvider/workItemQueueVisibilityTimeout",
    ];

    public IEnumerable<string> Broken(Repository repository)
    {
        if (!repository.Files.TryGetValue("host.json", out var text))
        {
            return [];
        }

        try
        {
            var root = System.Text.Json.Nodes.JsonNode.Parse(text);
            return Needed
                .Where(path => path.Split('/').Aggregate(root, (node, name) => node?[name]) is null)
                .Select(path => $"host.json lacks {path}.");
        }
        catch (System.Text.Json.JsonException e)
        {
            return [$"host.json is not JSON: {e.Message}"];
        }
    }
}
