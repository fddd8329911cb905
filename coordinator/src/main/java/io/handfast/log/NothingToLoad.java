package io.handfast.log;

import java.util.List;
import org.apache.activemq.artemis.core.journal.LoaderCallback;
import org.apache.activemq.artemis.core.journal.PreparedTransactionInfo;
import org.apache.activemq.artemis.core.journal.RecordInfo;

/** A journal that begins has nothing to load. */
final class NothingToLoad implements LoaderCallback {

  @Override
  public void addRecord(RecordInfo record) {
    refuse();
  }

  @Override
  public void updateRecord(RecordInfo record) {
    refuse();
  }

  @Override
  public void deleteRecord(long id) {
    refuse();
  }

  @Override
  public void addPreparedTransaction(PreparedTransactionInfo transaction) {
    refuse();
  }

  @Override
  public void failedTransaction(
      long id, List<RecordInfo> records, List<RecordInfo> recordsToDelete) {
    refuse();
  }

  private static void refuse() {
    throw new IllegalStateException("the directory of a new generation was not empty");
  }
}
