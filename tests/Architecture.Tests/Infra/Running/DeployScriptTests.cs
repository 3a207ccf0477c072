using System.Text.RegularExpressions;

namespace Trainyard.Architecture.Tests.Infra.Running;

/// <summary>infra/deploy and infra/teardown, run with stand-ins for the Azure CLI, the SDK and curl.</summary>
public sealed partial class DeployScriptTests : IDisposable
{
    private const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA operator";

    // Answers what the scripts ask, and keeps a list of what it was called with.
    private const string AzureCli = """
        echo "az $*" >>"$LOG"
        for word in "$@"; do if [ -f "$word" ] && [ "${word##*/}" = value ]; then cp "$word" "$LOG.$(echo "$*" | sed 's/.*--name \([a-z-]*\).*/\1/')"; fi; done
        if [ -n "$FAIL" ] && echo "$*" | grep -q "$FAIL"; then echo 'it fails' >&2; exit 1; fi
        case "$*" in
            *user.type*) echo user ;;
            *signed-in-user*) echo 11111111-1111-1111-1111-111111111111 ;;
            *outputs.serviceUrl*) echo https://service.example ;;
            *outputs.functionAppName*) echo the-app ;;
            *outputs.storageName*) echo thestorage ;;
            *outputs.agentContainer*) echo agent ;;
            *outputs.vaultName*) echo the-vault ;;
            *outputs.scaleSetName*) echo the-pool ;;
            *'vmss list'*the-pool*) printf "$NODES" ;;
            *outputs.durableBackend*) echo "$BACKEND" ;;
            *'secret list'*) printf "$SECRETS" ;;
            *'secret show'*) echo the-operator-key ;;
            *'group exists'*) echo true ;;
            *properties.parameters*) echo the-agent-of-now ;;
            *what-if*) echo "with $TRAINYARD_AGENT_SHA256 on ${TRAINYARD_NODE_COUNT-no} nodes" >>"$LOG" ;;
            *'group show'*) echo "$TAG" ;;
            *'keyvault list'*) echo the-vault ;;
            *whole*) echo "TRAINYARD_AGENT_SHA256=$TRAINYARD_AGENT_SHA256 on ${TRAINYARD_NODE_COUNT-no} nodes" >>"$LOG" ;;
        esac
        """;

    private const string Sdk = """
        echo "dotnet $*" >>"$LOG"
        echo "ML_PASSWORD=$ML_PASSWORD" >>"$LOG.environment"
        while [ $# -gt 0 ]; do
            if [ "$1" = -o ]; then mkdir -p "$2" && echo content >"$2/Trainyard.Agent" && chmod +x "$2/Trainyard.Agent"; fi
            shift
        done
        """;

    private readonly Script _script = new();

    public DeployScriptTests()
    {
        _script.StandIn("az", AzureCli);
        _script.StandIn("dotnet", Sdk);
        _script.StandIn("curl", "echo \"curl $*\" >>\"$LOG\"\n");
        _script.Environment["LOG"] = _script.In("log");
        _script.Environment["FAIL"] = "";
        _script.Environment["SECRETS"] = "";
        _script.Environment["TAG"] = "trainyard";
        _script.Environment["BACKEND"] = "storage";
        _script.Environment["NODES"] = "";
        _script.Environment["DEPLOY_TRIES"] = "1";
        _script.Environment["DEPLOY_PAUSE"] = "0";
        _script.Environment["TMPDIR"] = Directory.CreateDirectory(_script.In("tmp")).FullName;
        _script.Environment["SMOKE_S3_ENDPOINT"] = "https://s3.example";
        _script.Environment["SMOKE_S3_KEY"] = "key";
        _script.Environment["SMOKE_S3_SECRET"] = "the-bucket-secret";
        _script.Environment["SMOKE_DATA_BUCKET"] = "data";
        _script.Environment["SMOKE_RESULTS_BUCKET"] = "results";
    }

    private string Log => _script.Read("log");

    public void Dispose() => _script.Dispose();

    [Fact]
    public async Task A_dry_run_says_everything_and_calls_nobody()
    {
        var (code, output) = await DeployAsync("--dry-run", "--smoke");

        Assert.True(code == 0, output);
        Assert.Empty(Log);
        Assert.Contains("+ az deployment group create --resource-group g --name trainyard-whole", output);
        Assert.Contains("-p:KeyVault=true", output);
        Assert.Contains("-r linux-x64 --self-contained", output);
        Assert.DoesNotContain("the-bucket-secret", output);
    }

    [Fact]
    public async Task A_deployment_goes_from_group_to_smoke_run_in_this_order()
    {
        var (code, output) = await DeployAsync("--yes", "--smoke");

        Assert.True(code == 0, output);
        AssertInOrder(
            "az group create --name g --location westeurope",
            "az deployment group create --resource-group g --name trainyard-base",
            "--public-network-access Enabled",
            "az keyvault secret set --vault-name the-vault --name trainyard-pool-key",
            "az keyvault secret set --vault-name the-vault --name trainyard-operator-key",
            "az functionapp deployment source config-zip --resource-group g --name the-app",
            "az storage blob upload",
            "--public-network-access Disabled",
            "az deployment group create --resource-group g --name trainyard-whole",
            "https://service.example/health",
            "ml train --monitor"
        );
        Assert.Contains("ML_PASSWORD=the-operator-key", _script.Read("log.environment"));
        Assert.Empty(Directory.GetFileSystemEntries(_script.In("tmp")));
    }

    [Fact]
    public async Task What_if_changes_nothing_and_counts_the_pool_in()
    {
        var (code, output) = await DeployAsync("--what-if");

        Assert.True(code == 0, output);
        AssertInOrder("az deployment group what-if --resource-group g", "with the-agent-of-now on no nodes");
        Assert.DoesNotContain(" create ", Log);
        Assert.DoesNotContain(" update ", Log);
    }

    [Theory]
    [InlineData("storage")]
    [InlineData("scheduler")]
    public async Task The_app_is_published_for_the_durable_backend_that_was_deployed(string backend)
    {
        _script.Environment["BACKEND"] = backend;

        await DeployAsync("--yes");

        AssertInOrder(
            "az deployment group create --resource-group g --name trainyard-base",
            $"-p:KeyVault=true -p:DurableBackend={backend} -o",
            "config-zip"
        );
    }

    [Fact]
    public async Task The_pool_demands_the_sum_of_the_archive_that_was_uploaded()
    {
        await DeployAsync("--yes");

        var uploaded = ArchiveName().Match(Log).Groups["sum"].Value;
        Assert.Equal(64, uploaded.Length);
        Assert.Contains($"TRAINYARD_AGENT_SHA256={uploaded}", Log);
    }

    [Theory]
    [InlineData("", "no")]
    [InlineData("0\\n", "0")]
    [InlineData("3\\n", "3")]
    public async Task A_pool_that_is_there_keeps_its_nodes(string there, string kept)
    {
        _script.Environment["NODES"] = there;

        await DeployAsync("--yes");
        await DeployAsync("--what-if");

        AssertInOrder(
            "trainyard-base",
            "az vmss list --resource-group g",
            "trainyard-whole",
            $" on {kept} nodes",
            $"with the-agent-of-now on {kept} nodes"
        );
    }

    [Fact]
    public async Task A_pool_that_cannot_be_asked_is_left_alone()
    {
        _script.Environment["FAIL"] = "vmss list";

        var (code, _) = await DeployAsync("--yes");

        Assert.NotEqual(0, code);
        Assert.DoesNotContain("trainyard-whole", Log);
    }

    [Fact]
    public async Task The_same_agent_has_the_same_sum()
    {
        await DeployAsync("--yes");
        await DeployAsync("--yes");

        Assert.Single(ArchiveName().Matches(Log).Select(match => match.Groups["sum"].Value).Distinct());
    }

    [Fact]
    public async Task Secrets_are_made_once_are_different_and_are_never_arguments()
    {
        await DeployAsync("--yes");

        var (pool, first) = (_script.Read("log.trainyard-pool-key"), _script.Read("log.trainyard-operator-key"));
        Assert.Equal(43, pool.Length);
        Assert.NotEqual(pool, first);
        Assert.DoesNotContain(pool, Log);

        _script.Environment["SECRETS"] = @"trainyard-pool-key\ntrainyard-operator-key\n";
        File.Delete(_script.In("log"));
        await DeployAsync("--yes");
        Assert.DoesNotContain("secret set", Log);
    }

    [Theory]
    [InlineData("secret set")]
    [InlineData("config-zip")]
    [InlineData("blob upload")]
    public async Task Whatever_fails_after_it_was_opened_the_door_is_shut(string failing)
    {
        _script.Environment["FAIL"] = failing;

        var (code, _) = await DeployAsync("--yes");

        Assert.NotEqual(0, code);
        AssertInOrder(
            "az storage account update --name thestorage --resource-group g --public-network-access Enabled",
            failing,
            "az storage account update --name thestorage --resource-group g --public-network-access Disabled",
            "az keyvault update --name the-vault --resource-group g --public-network-access Disabled"
        );
        Assert.DoesNotContain("trainyard-whole", Log);
        Assert.Empty(Directory.GetFileSystemEntries(_script.In("tmp")));
    }

    [Theory]
    [InlineData("--environment", "staging")]
    [InlineData("--group", null)]
    [InlineData("--colour", "red")]
    public async Task A_wrong_word_is_refused_before_anything_is_done(string option, string? value)
    {
        var (code, output) = await DeployAsync([option, .. value is null ? Array.Empty<string>() : [value]]);

        Assert.Equal(2, code);
        Assert.Contains("--help", output);
        Assert.Empty(Log);
    }

    [Fact]
    public async Task Teardown_takes_only_groups_that_carry_the_tag()
    {
        _script.Environment["TAG"] = "somebody-else";
        var (code, output) = await _script.RunAsync("bash", Of("teardown"), "--group", "g", "--yes");
        Assert.NotEqual(0, code);
        Assert.Contains("not touched", output);
        Assert.DoesNotContain("delete", Log);

        _script.Environment["TAG"] = "trainyard";
        (code, output) = await _script.RunAsync("bash", Of("teardown"), "--group", "g", "--yes", "--purge");
        Assert.True(code == 0, output);
        AssertInOrder("az group delete --name g", "az keyvault purge --name the-vault");
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("teardown")]
    public async Task Help_is_the_head_of_the_script(string name)
    {
        var (code, output) = await _script.RunAsync("bash", Of(name), "--help");

        Assert.Equal(0, code);
        Assert.Contains($"infra/{name} --group NAME", output);
        Assert.DoesNotContain("pipefail", output);
    }

    private static string Of(string name) => Path.Combine(Repository.Root(), "infra", name);

    private Task<(int Code, string Output)> DeployAsync(params string[] more) =>
        _script.RunAsync(
            "bash",
            [
                Of("deploy"),
                .. new[] { "--group", "g", "--location", "westeurope", "--address", "192.0.2.7" },
                .. new[] { "--ssh-key", _script.Write("key.pub", PublicKey) },
                .. more,
            ]
        );

    private void AssertInOrder(params string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            at = Log.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(at >= 0, $"'{part}' is not there, or too early, in:\n{Log}");
        }
    }

    [GeneratedRegex(@"--name trainyard-agent-(?<sum>[0-9a-f]+)\.tar\.gz ")]
    private static partial Regex ArchiveName();
}
