#!/bin/sh
# Orders tea in one transaction over a row, a message and a service, with nothing but curl.
#
#   python3 docs/examples/warehouse.py 9200 data/warehouse.db &
#   docs/examples/order.sh o-1 3
set -eu

order=$1
qty=$2
handfast=${HANDFAST:-http://127.0.0.1:8080}
warehouse=${WAREHOUSE:-http://127.0.0.1:9200}
tx=$handfast/v1/transactions/$order

post() {
  curl -sS --fail-with-body -H 'Content-Type: application/json' "$@"
  echo
}

undo() {
  echo "not ordered" >&2
  curl -s -X POST "$tx/rollback" >/dev/null
}

# The id is the order's, so whoever repeats the script orders once.
begun=$(post "$handfast/v1/transactions" -d "{\"id\": \"$order\"}")
case $begun in *'"status":"active"'*) ;; *) echo "$begun"; exit ;; esac
trap undo EXIT

post "$tx/participants" -d "{\"name\": \"warehouse\", \"url\": \"$warehouse/tx\"}"
# A service that was only just started does not listen yet; it knows a repeated call by the transaction.
post --retry 10 --retry-delay 1 --retry-connrefused "$warehouse/reserve" -H "Handfast-Transaction: $order" -d "{\"item\": \"tea\", \"qty\": $qty}"
post "$tx/statements" -d "{\"sql\": \"INSERT INTO orders(id, item, qty) VALUES (:id, 'tea', :qty)\",
  \"parameters\": [{\"id\": \"$order\", \"qty\": $qty}]}"
post "$tx/messages" -d "{\"queue\": \"shipping\", \"body\": {\"order\": \"$order\"}}"

trap - EXIT
# No answer is no outcome: the same call is repeated until there is one.
until post --max-time 10 -X POST "$tx/commit"; do
  [ $? -eq 22 ] && exit 1 # an answer, and it is no
  sleep 1
done
