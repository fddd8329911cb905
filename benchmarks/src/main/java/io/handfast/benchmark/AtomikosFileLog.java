package io.handfast.benchmark;

import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.provider.ConfigProperties;
import com.atomikos.recovery.LogException;
import com.atomikos.recovery.PendingTransactionRecord;
import com.atomikos.recovery.TxState;
import com.atomikos.recovery.fs.CachedRepository;
import com.atomikos.recovery.fs.FileSystemRepository;
import com.atomikos.recovery.fs.InMemoryRepository;
import com.atomikos.recovery.fs.OltpLogImp;
import java.nio.file.Path;

/** Atomikos's log, put together as its {@code AssemblerImp} does: both records are forced. */
final class AtomikosFileLog implements DecisionLogBenchmark.Subject {

  private final OltpLogImp log = new OltpLogImp();
  private final long expires = System.currentTimeMillis() + 86_400_000;

  AtomikosFileLog(Path directory) throws LogException {
    ConfigProperties properties = Configuration.getConfigProperties();
    properties.setProperty("com.atomikos.icatch.log_base_dir", directory.toString());
    properties.setProperty("com.atomikos.icatch.log_base_name", "tmlog");
    properties.setProperty("com.atomikos.icatch.tm_unique_name", "benchmark");
    InMemoryRepository memory = new InMemoryRepository();
    memory.init();
    FileSystemRepository file = new FileSystemRepository();
    file.init();
    CachedRepository repository = new CachedRepository(memory, file);
    repository.init();
    log.setRepository(repository);
  }

  @Override
  public void commit(long number) throws LogException {
    String id = "benchmark.0a1b2c3d.1." + Long.toString(number, Character.MAX_RADIX);
    PendingTransactionRecord record =
        new PendingTransactionRecord(id, TxState.COMMITTING, expires, "benchmark");
    log.write(record);
    log.write(record.markAsTerminated());
  }

  @Override
  public void close() {
    log.close();
  }
}
