using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>The environment, the files and the texts that programs of 2018 rely on, and what no program may see.</summary>
public sealed class CommandEnvironmentTests
{
    [SandboxFact]
    public async Task In_the_sandbox_everything_is_where_the_2018_service_documented_it()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap");

        var (run, report) = await harness.RunAsync("env; pwd; ls /job", d => d.Env["EXTRA"] = "mine");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        var lines = run.LogText.Split('\n');
        string[] expected =
        [
            "DATA_DIR=/job/dl-data",
            "RESULT_DIR=/job/dl-models",
            "RESULT_BUCKET_DIR=",
            "CHECKPOINT_DIR=",
            "MODEL_DIR=/job/model-code",
            "LOG_DIR=/job/logs",
            "JOB_STATE_DIR=/job",
            $"TRAINING_ID={run.Task.RunId}",
            "TRAINING_COMMAND=env; pwd; ls /job",
            "TRAINING_JOB=",
            "GPU_COUNT=1.000000",
            "NUM_LEARNERS=1",
            "LEARNER_ID=1",
            "PYTHONPATH=/job/model-code",
            "PYTHONUNBUFFERED=1",
            "CUDA_VISIBLE_DEVICES=",
            "HOME=/home/trainer",
            "TMPDIR=/tmp",
            "EXTRA=mine",
            "/job/model-code",
        ];
        Assert.Empty(expected.Except(lines));
        Assert.Contains("\ndl-data\ndl-models\nlatest-log\nlogs\nmodel-code\n", run.LogText);
    }

    [SandboxFact]
    public async Task The_log_begins_as_it_did_in_2018()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap");

        var (run, _) = await harness.RunAsync("true \\\n  ${DATA_DIR}/x");

        const string expected = """
            Training with training/test data at:
              DATA_DIR: /job/dl-data
              MODEL_DIR: /job/model-code
              TRAINING_JOB:

              TRAINING_COMMAND: true \   ${DATA_DIR}/x

            Storing trained model at:

              RESULT_DIR: /job/dl-models

            """;
        Assert.StartsWith(expected, run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Neither_the_agent_s_variables_nor_its_secrets_reach_the_command(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox, ("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("SOME_TOKEN", "agents-own-secret"));

        var (run, _) = await harness.RunAsync(
            "env; tr '\\0' '\\n' </proc/self/environ; tr '\\0' ' ' </proc/$PPID/cmdline; echo"
        );

        Assert.DoesNotContain("agents-own-secret", run.LogText);
        Assert.DoesNotContain("KUBERNETES", run.LogText);
        Assert.DoesNotContain(run.Task.LeaseToken, run.LogText);
        Assert.DoesNotContain(FakeService.PoolKey, run.LogText);
    }

    [SandboxFact]
    public async Task The_sandbox_shows_neither_the_home_nor_other_processes_nor_a_writable_system()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var agent = harness.StartAgent("bubblewrap");

        var command =
            $"cat {harness.Home}/agent/pool.key; ls {harness.Home}; ls -d /proc/[0-9]* | wc -l; cat /proc/{agent.Id}/cmdline; "
            + "touch /usr/x; touch /etc/x; touch $DATA_DIR/x; rm -f $LOG_DIR/training-log.txt; mv /job/logs /job/other; "
            + "echo z > $LOG_DIR/training-log.txt; ls /home /root /var /run 2>/dev/null | grep -v trainer; echo checked";
        var (run, report) = await harness.RunAsync(command);

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        var output = run.LogText[run.LogText.IndexOf("RESULT_DIR:", StringComparison.Ordinal)..];
        Assert.DoesNotContain(FakeService.PoolKey, output);
        Assert.Equal(
            2,
            output.Split("No such file or directory\n").Length
                - 1
                - (output.Contains($"/proc/{agent.Id}/cmdline: No such") ? 1 : 0)
        );
        Assert.Contains("touch: cannot touch '/usr/x'", output);
        Assert.Contains("touch: cannot touch '/job/dl-data/x'", output);
        Assert.Contains("mv: cannot move", output);
        Assert.DoesNotContain("Trainyard.Agent.dll", output);
        Assert.Contains("checked\n", output);
        Assert.Equal(run.LogText, run.StagedText("learner-1/training-log.txt"));
    }

    [SandboxFact]
    public async Task Variables_of_the_manifest_do_not_act_outside_the_sandbox()
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent("bubblewrap");

        // A loader that found this library would say so before bubblewrap even began.
        var (run, report) = await harness.RunAsync(
            "echo ran",
            d =>
            {
                d.Env["BASH_ENV"] = "/job/model-code/train.sh";
                d.Env["LD_LIBRARY_PATH"] = "/job/model-code";
                d.Env["DOWNWARD_API_POD_NAME"] = "hidden";
            }
        );

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("ran\n", run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Python_of_the_path_runs_and_finds_the_model_s_modules(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync(
            "cd /; python3 -c 'import helper, ssl, json; print(helper.value)'",
            d => d.Files["helper.py"] = "value = 'found'\n"
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("found\n", run.LogText);
    }

    [Theory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Data_and_results_of_one_bucket_do_not_meet(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox);

        var (run, report) = await harness.RunAsync(
            "ls $DATA_DIR $RESULT_DIR; cp $DATA_DIR/a $RESULT_DIR/b",
            d =>
            {
                d.DataBucket = d.ResultsBucket = "logs";
                d.Data.Add(new FakeObject("a", "data"u8.ToArray()));
            }
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Equal("data", run.StagedText("b"));
        Assert.Equal(["b", "learner-1/training-log.txt"], run.Staged.Keys.Order());
    }

    [Fact]
    public async Task Without_a_sandbox_a_command_of_the_same_user_still_cannot_look_into_the_agent()
    {
        await using var harness = await AgentHarness.OpenAsync();
        // Root may look into everything, so the agent and its command are somebody else then.
        await harness.StartAgentAsNobodyAsync("none");

        var (run, report) = await harness.RunAsync(
            "id -u; cd /proc/$PPID; tr '\\0' ' ' <cmdline; echo; cat environ mem maps; ls fd; echo looked"
        );

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.DoesNotContain("\n0\n", run.LogText);
        Assert.Contains("Trainyard.Agent.dll", run.LogText);
        Assert.Contains("looked\n", run.LogText);
        Assert.Equal(4, run.LogText.Split("Permission denied").Length - 1);
        Assert.DoesNotContain("pool.key", run.LogText);
    }

    [Fact]
    public async Task An_agent_without_root_s_rights_takes_the_sandbox_it_can_have()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await harness.StartAgentAsNobodyAsync("auto");

        var (run, report) = await harness.RunAsync("id -u; cp train.sh $RESULT_DIR/copy");

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("copy", run.Staged.Keys);
    }

    [Fact]
    public async Task GPUs_of_the_node_are_shared_out_and_shown_to_the_command_by_number()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var driver = harness.WriteProgram(
            "nvidia-smi",
            "echo 'GPU 0: NVIDIA (UUID: a)'; echo 'GPU 1: NVIDIA (UUID: b)'"
        );
        harness.StartAgent(
            "none",
            ("PATH", $"{driver}:{Environment.GetEnvironmentVariable("PATH")}"),
            ("CUDA_HOME", "/opt/cuda")
        );

        const string show =
            "echo gpus $CUDA_VISIBLE_DEVICES $CUDA_HOME; while [ ! -e $RESULT_DIR/go ]; do sleep 0.05; done";
        FakeRun[] runs = [harness.Submit(show), harness.Submit(show, d => d.Env["CUDA_VISIBLE_DEVICES"] = "0,1")];
        foreach (var (index, run) in runs.Index())
        {
            await Eventually.Be(
                "its GPU",
                () => run.LogText.Contains($"\ngpus {index} /opt/cuda\n"),
                AgentHarness.Soon
            );
            await File.WriteAllTextAsync(Path.Combine(harness.AttemptFolder(run), "job", "dl-models", "go"), "");
        }
        await Task.WhenAll(runs.Select(harness.CompletionAsync));

        var offer = harness.Service.Questions.First().Offer;
        Assert.Equal((2, 2, 2), (offer.Gpus, offer.Slots, offer.FreeSlots));
    }

    [Fact]
    public async Task A_demanded_sandbox_that_does_not_work_ends_the_agent_with_4()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var broken = harness.WriteProgram("bwrap", "echo no namespaces for you >&2; exit 1");
        var agent = harness.StartAgent(
            "bubblewrap",
            ("PATH", $"{broken}:{Environment.GetEnvironmentVariable("PATH")}")
        );

        Assert.Equal(4, await agent.WaitForExit(AgentHarness.Soon));
        Assert.Contains("no namespaces for you", agent.Output);
    }

    [Fact]
    public async Task A_sandbox_that_does_not_work_is_done_without_by_default_and_a_warning_says_so()
    {
        await using var harness = await AgentHarness.OpenAsync();
        var broken = harness.WriteProgram("bwrap", "echo no namespaces for you >&2; exit 1");
        var agent = harness.StartAgent("auto", ("PATH", $"{broken}:{Environment.GetEnvironmentVariable("PATH")}"));

        var (_, report) = await harness.RunAsync("true");

        Assert.Equal(AttemptOutcome.Succeeded, report.Outcome);
        Assert.Contains("Commands run without a sandbox", agent.Output);
    }
}
