namespace Trainyard.Manifests;

/// <summary>The manifest that <c>bx ml generate-manifest training-runs</c> writes: commented, and valid as it is.</summary>
public static class StarterManifest
{
    public const string FileName = "training-runs.yml";

    public const string Text = """
        # A training run. Send it with the model's code:
        #   bx ml train MODEL_FOLDER_OR_ZIP training-runs.yml
        # Look at what was understood, without sending anything:
        #   bx ml validate training-runs.yml
        # Every key, unit and default: docs/manifest.md

        model_definition:
          name: my-first-run
          description: What this run is about
          # author:
          #   name: Your Name
          #   email: you@example.com

          framework:
            # `bx ml list frameworks` shows what is offered. Versions are text: keep the quotes.
            name: python
            version: "3"
            # runtimes:
            # - name: python
            #   version: "3.12"

          execution:
            # Runs in a shell, in the folder with the model's code. DATA_DIR holds a copy of the data
            # bucket; what is written to RESULT_DIR ends up in the results bucket.
            command: python3 train.py --data "$DATA_DIR" --out "$RESULT_DIR/model"
            compute_configuration:
              # A name (small, medium, large, k80, p100, v100, k80x2, ...) or numbers:
              gpus: 0
              cpus: 1
              memory: 1 GB

        # Where the data is. Type `file` is a folder of the service's own machine.
        training_data_reference:
          type: file
          source:
            bucket: my-data

        # In an S3 bucket instead; bx takes ${env:...} from your environment when it sends the manifest:
        # training_data_reference:
        #   type: s3
        #   connection:
        #     endpoint_url: https://s3.example.com
        #     access_key_id: ${env:S3_ACCESS_KEY_ID}
        #     secret_access_key: ${env:S3_SECRET_ACCESS_KEY}
        #   source:
        #     bucket: my-data

        # Where the results go, below a folder named after the run.
        training_results_reference:
          type: file
          target:
            bucket: my-results

        # All of these may be left out:
        # max_duration: 12h            # the command is stopped after this time
        # priority: normal             # low, normal or high, among your own runs
        # retries:                     # further attempts, by cause
        #   node_lost: 2
        #   system_error: 2
        #   store_error: 0
        #   command_failed: 0
        # checkpoint:                  # a folder below RESULT_DIR, saved while the command runs
        #   path: checkpoints
        #   interval: 10m
        # notify:                      # a webhook
        #   url: https://example.com/hook
        #   on: [completed, error, canceled]
        # labels:
        #   team: vision
        # env:                         # no secrets here: it is stored and shown with the run
        #   OMP_NUM_THREADS: "4"
        # retention: 7d                # how long the ended run stays listed

        """;
}
