using Trainyard.Runtime.Engine;
using Trainyard.Runtime.Engine.Storage;
using Trainyard.Storage.Sqlite;
using Trainyard.Tests.Shared;

namespace Trainyard.Runtime.Tests.Durable.Engine;

/// <summary>The writer outlives what it is given.</summary>
public sealed class StoreWriterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteConnection _database;
    private readonly StoreWriter _writer;

    public StoreWriterTests()
    {
        _database = Schema.Open(_folder.File("state.db"));
        _database.Execute("CREATE TABLE notes (text TEXT NOT NULL UNIQUE)");
        _writer = new StoreWriter(_database, observer: null, new NoTrouble());
    }

    public static TheoryData<string> Defects => ["throws", "breaks a rule of the database", "throws when it is told"];

    [Theory]
    [MemberData(nameof(Defects))]
    public async Task A_bad_operation_takes_none_of_its_batch_with_it(string defect)
    {
        using var full = new ManualResetEventSlim();
        var first = new Note("first") { Before = full.Wait };
        var bad = new Note("bad") { Before = Fault(defect), After = defect == "throws when it is told" ? Throw : null };
        Note[] good = [new("second"), new("third")];

        Add(first, good[0], bad, good[1]);
        full.Set();

        var failure = await bad.Done.WaitAsync(Patience);
        Assert.IsType<InvalidOperationException>(failure);
        Assert.All([first, .. good], note => Assert.Null(note.Done.WaitAsync(Patience).GetAwaiter().GetResult()));
        Assert.Equal(defect == "throws when it is told" ? 4 : 3, Count());
    }

    [Fact]
    public async Task It_goes_on_after_a_bad_operation()
    {
        Add(new Note("bad") { Before = Throw });
        var later = new Note("later");

        Add(later);

        Assert.Null(await later.Done.WaitAsync(Patience));
        Assert.Equal(1, Count());
    }

    public void Dispose()
    {
        _writer.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }

    private void Add(params Note[] notes) => Array.ForEach(notes, note => _writer.Add(note.In(_database)));

    private long Count()
    {
        using var reader = SqliteConnection.Open(_folder.File("state.db"), readOnly: true);
        return reader.ReadNumber("SELECT count(*) FROM notes");
    }

    private Action? Fault(string defect) =>
        defect switch
        {
            "throws" => Throw,
            "breaks a rule of the database" => () => _database.Execute("INSERT INTO notes VALUES (NULL)"),
            _ => null,
        };

    private static void Throw() => throw new InvalidOperationException("a defect");

    private sealed class NoTrouble : IStorageReports
    {
        public void OnStorageTrouble(DurableStorageException trouble, TimeSpan pause) => Assert.Fail($"{trouble}");

        public void OnStorageRecovered() => Assert.Fail("There was no trouble.");

        public void OnStorageLost(DurableStorageException trouble) => Assert.Fail($"{trouble}");
    }

    private sealed class Note(string text) : StoreOperation
    {
        private readonly TaskCompletionSource<Exception?> _done = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        private SqliteConnection? _database;

        public Action? Before { get; init; }

        public Action? After { get; init; }

        public Task<Exception?> Done => _done.Task;

        public Note In(SqliteConnection one)
        {
            _database = one;
            return this;
        }

        public override void Apply(StoreSession session)
        {
            Before?.Invoke();
            _database!.Execute($"INSERT INTO notes VALUES ('{text}')");
        }

        public override void Committed()
        {
            After?.Invoke();
            _done.TrySetResult(null);
        }

        public override void Failed(Exception exception) => _done.TrySetResult(exception);
    }
}
